#!/bin/bash
. "$(dirname "$0")/../shared/lib.sh"
python_env 3.11
begin
cat > config.yaml <<YAML
model_list:
  - model_name: fake-model
    litellm_params: {model: deepseek/fake-model, api_base: "$UPSTREAM", api_key: none}
general_settings:
  master_key: sk-test
litellm_settings:
  telemetry: false
  num_retries: 0
YAML
export LITELLM_LOCAL_MODEL_COST_MAP=True LITELLM_TELEMETRY=False DISABLE_ADMIN_UI=True
exec "$VENV/bin/litellm" --config config.yaml --host 127.0.0.1 --port "$PORT" --telemetry False
