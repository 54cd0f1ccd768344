# Sourced by the start.sh of each implementation, which is called as: start.sh PORT, in the foreground.
#   VERSION       of the package; the caller gives it, as recipe.yaml lists them
#   INSTALL_DIR   where servers are installed, a folder for each version (default: in the folder for temporary files)
#   INSTALL_ONLY  set: end once it is installed
#   UPSTREAM      base URL of a chat-completions API, for those who need one
set -eu
PORT=${1:?call me as: start.sh PORT}
HERE=$(cd "$(dirname "$0")" && pwd)
SHARED=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
NAME=$(basename "$HERE")
ROOT=${INSTALL_DIR:-${TMPDIR:-/tmp}/antiphon-implementations}
: "${VERSION:?set VERSION to one of the versions in recipe.yaml}"
UPSTREAM=${UPSTREAM:-http://127.0.0.1:9100/v1}
DIR=$ROOT/$NAME/$VERSION
WORK=$DIR/work
export PYTHONDONTWRITEBYTECODE=1 HF_HUB_OFFLINE=1 TRANSFORMERS_OFFLINE=1 DO_NOT_TRACK=1

# python_env PYTHON: a virtual environment in $VENV with exactly what locks/VERSION.txt names
python_env() {
  VENV=$DIR/venv
  [ -e "$DIR/ready" ] && return
  rm -rf "$VENV"
  mkdir -p "$DIR"
  PYENV_VERSION=${PYENV_VERSION:-$(pyenv versions --bare 2>/dev/null | grep -m1 "^$1\." || true)} "python$1" -m venv "$VENV"
  "$VENV/bin/pip" install -q --disable-pip-version-check --no-deps -r "$HERE/locks/$VERSION.txt" >&2
  touch "$DIR/ready"
}

# npm_env PACKAGE...: $DIR/node_modules
npm_env() {
  [ -e "$DIR/ready" ] && return
  mkdir -p "$DIR"
  (cd "$DIR" && echo '{"private":true}' > package.json && npm install --no-audit --no-fund "$@" >&2)
  touch "$DIR/ready"
}

# begin: the end of the installation; a server starts in an empty folder
begin() {
  [ -z "${INSTALL_ONLY:-}" ] || exit 0
  rm -rf "$WORK"
  mkdir -p "$WORK"
  cd "$WORK"
}
