"""How the server behaves: its policy, the shape of a fault, editions, and random failures."""
