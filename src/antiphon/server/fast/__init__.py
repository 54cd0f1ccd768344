"""The fast path: plain creates without a task or a router. `ServerSettings.fast_path` is its one switch."""
