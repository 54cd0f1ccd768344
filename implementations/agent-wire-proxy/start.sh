#!/bin/bash
. "$(dirname "$0")/../shared/lib.sh"
python_env 3.12
begin
cat > models.toml <<TOML
[proxy]
default_model = "fake-model"
[[models]]
id = "fake-model"
target = "${UPSTREAM%/v1}"
upstream_api = "chat_completions"
TOML
exec "$VENV/bin/agent-wire-proxy" --listen "127.0.0.1:$PORT" --config models.toml
