#!/bin/bash
# It passes the Responses API on to a provider; recipe.yaml has the headers that name it.
. "$(dirname "$0")/../shared/lib.sh"
npm_env "@portkey-ai/gateway@$VERSION"
begin
export NODE_ENV=production TRUSTED_CUSTOM_HOSTS=127.0.0.1,localhost
exec node "$DIR/node_modules/@portkey-ai/gateway/build/start-server.js" --headless "--port=$PORT"
