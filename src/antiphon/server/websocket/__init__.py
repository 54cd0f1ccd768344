"""WebSocket mode: its route, its connections, and the turns in them."""
