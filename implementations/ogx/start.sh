#!/bin/bash
. "$(dirname "$0")/../shared/lib.sh"
python_env 3.12
# The byte-pair ranks that tiktoken would otherwise download are in the package of litellm.
RANKS=$DIR/tokenizer-data
[ -d "$RANKS" ] || "$VENV/bin/pip" install -q --disable-pip-version-check --no-deps --target "$RANKS" litellm==1.106.2 >&2
begin
export TIKTOKEN_CACHE_DIR=$RANKS/litellm/litellm_core_utils/tokenizers
cat > config.yaml <<YAML
version: 2
distro_name: small
apis: [files, inference, responses, tool_runtime, vector_io]
providers:
  inference:
  - provider_id: fake
    provider_type: remote::vllm
    config: {base_url: "$UPSTREAM", api_token: none}
  vector_io:
  - provider_id: sqlite-vec
    provider_type: inline::sqlite-vec
    config:
      db_path: $WORK/vec.db
      persistence: {namespace: vector_io, backend: kv_default}
  files:
  - provider_id: local
    provider_type: inline::localfs
    config:
      storage_dir: $WORK/files
      metadata_store: {table_name: files_metadata, backend: sql_default}
  responses:
  - provider_id: builtin
    provider_type: inline::builtin
    config:
      persistence:
        responses: {table_name: responses, backend: sql_default, max_write_queue_size: 10000, num_writers: 4}
  tool_runtime:
  - provider_id: file-search
    provider_type: inline::file-search
storage:
  backends:
    kv_default: {type: kv_sqlite, db_path: $WORK/kv.db}
    sql_default: {type: sql_sqlite, db_path: $WORK/sql.db}
  stores:
    metadata: {namespace: registry, backend: kv_default}
    inference: {table_name: inference_store, backend: sql_default, max_write_queue_size: 10000, num_writers: 4}
    conversations: {table_name: openai_conversations, backend: sql_default}
    prompts: {table_name: prompts, backend: sql_default}
    connectors: {table_name: connectors, backend: sql_default}
registered_resources:
  models:
  - {metadata: {}, model_id: fake-model, provider_id: fake, provider_model_id: fake-model, model_type: llm}
server:
  host: 127.0.0.1
  port: $PORT
YAML
exec "$VENV/bin/ogx" run config.yaml --port "$PORT" --insecure
