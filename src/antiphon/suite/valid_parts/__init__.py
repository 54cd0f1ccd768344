"""Tables of valid parts of a create: each is sent with many others, and alone only where they are refused."""
