"""Known clients: what they send, what they were measured to need, and what a run says of them."""
