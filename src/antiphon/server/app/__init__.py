"""The whole server: every route of it, on a socket, with its webhooks."""
