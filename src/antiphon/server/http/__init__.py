"""HTTP: connections, requests as they are read, replies as they are sent, and the routes."""
