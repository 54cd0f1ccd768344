#!/bin/bash
. "$(dirname "$0")/../shared/lib.sh"
python_env 3.12
begin
exec "$VENV/bin/llm-mock-api" start -p "$PORT" -H 127.0.0.1 -f Hello --log-level warning
