"""Exercise: scenarios that talk to a target and leave a transcript."""
