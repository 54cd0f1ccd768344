#!/bin/bash
. "$(dirname "$0")/../shared/lib.sh"
python_env 3.11
begin
export OPENAI_BASE_URL_INTERNAL=${UPSTREAM%/v1} OPENAI_BASE_URL=http://127.0.0.1:$PORT OPENAI_API_KEY=sk-test
export API_ADAPTER_HOST=127.0.0.1 API_ADAPTER_PORT=$PORT MCP_SERVERS_CONFIG_PATH=none.json
exec "$VENV/bin/otc" start
