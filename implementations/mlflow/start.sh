#!/bin/bash
. "$(dirname "$0")/../shared/lib.sh"
python_env 3.12
begin
exec "$VENV/bin/python" "$HERE/app.py" "$PORT" "$UPSTREAM"
