"""The contract as values: what `spec/` promises, and what makes pages and schemas of it."""
