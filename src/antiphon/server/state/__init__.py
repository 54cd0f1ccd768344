"""The memory of a running server, bounded: responses, conversations, completions, rates."""
