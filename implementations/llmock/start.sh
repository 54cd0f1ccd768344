#!/bin/bash
. "$(dirname "$0")/../shared/lib.sh"
python_env 3.12
begin
exec "$VENV/bin/llmock" serve --host 127.0.0.1 --port "$PORT"
