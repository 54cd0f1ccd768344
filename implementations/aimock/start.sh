#!/bin/bash
. "$(dirname "$0")/../shared/lib.sh"
npm_env "@copilotkit/aimock@$VERSION"
begin
exec "$DIR/node_modules/.bin/llmock" -p "$PORT" -h 127.0.0.1 -f "$HERE/fixtures.json" --log-level warn
