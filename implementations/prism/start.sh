#!/bin/bash
# Answers from the examples of OpenAI's OpenAPI document 2.3.0 (MIT), of which this folder has what belongs to the two surfaces.
. "$(dirname "$0")/../shared/lib.sh"
npm_env "@stoplight/prism-cli@$VERSION"
begin
gzip -dc "$HERE/openai-openapi-2.3.0.yaml.gz" > openapi.yaml
exec "$DIR/node_modules/.bin/prism" mock openapi.yaml -h 127.0.0.1 -p "$PORT"
