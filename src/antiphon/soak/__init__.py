"""Load on a target whose every reply is judged: which promises break, and at which concurrency."""
