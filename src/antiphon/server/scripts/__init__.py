"""Scripts: answers from a file, before those of the model."""
