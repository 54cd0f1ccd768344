#!/bin/bash
. "$(dirname "$0")/../shared/lib.sh"
python_env 3.11
begin
export CODEX_RELAY_UPSTREAM=$UPSTREAM CODEX_RELAY_API_KEY=none
exec "$VENV/bin/codex-relay" --port "$PORT"
