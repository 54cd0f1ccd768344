"""What a request may say, and which error names what it may not."""
