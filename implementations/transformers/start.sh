#!/bin/bash
# It streams unless "stream" is false. The model is made here, in about ten seconds.
. "$(dirname "$0")/../shared/lib.sh"
python_env 3.11
[ -e "$DIR/models/tiny32/model.safetensors" ] || "$VENV/bin/python" "$SHARED/models/tiny_model.py" "$DIR/models/tiny32" >&2
begin
cd "$DIR/models"    # so that the model's name is a relative path
exec "$VENV/bin/transformers" serve ./tiny32 --host 127.0.0.1 --port "$PORT" --device cpu
