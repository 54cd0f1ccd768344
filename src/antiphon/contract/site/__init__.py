"""The contract as Markdown pages, made from `spec/`."""
