#!/bin/bash
. "$(dirname "$0")/../shared/lib.sh"
python_env 3.12
begin
export UPSTREAM HAYHOOKS_DASHBOARD_ENABLED=false HAYSTACK_TELEMETRY_ENABLED=False
exec "$VENV/bin/hayhooks" run --host 127.0.0.1 --port "$PORT" --pipelines-dir "$HERE/pipelines"
