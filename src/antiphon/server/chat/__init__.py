"""Chat Completions: requests, answers, chunks and what is stored of them."""
