#!/usr/bin/env bash
# Real clients against a Responses API server.
#   run.sh BASE_URL API_KEY MODEL [CLIENT...]
# Prints 'client: case: ok | FAIL reason | skip reason' and a total; exits 1 on any failure.
# Knobs (environment): CLIENTS_DIR, NEWEST, LIST, LOOP, PLAN, CASES, SKIP_CASES, CASE_TIMEOUT, CLIENT_TIMEOUT, STRICT_AUTH,
# FAULT_*, WEBHOOK_*; see README.md.
set -u
[ $# -ge 3 ] || { sed -n '2,6p' "$0" | cut -c3-; exit 2; }
export BASE_URL=$1 API_KEY=$2 MODEL=$3
shift 3
here=$(cd "$(dirname "$0")" && pwd)
dir=${CLIENTS_DIR:-/tmp/clients}
mkdir -p "$dir/venv" "$dir/log"
# one run at a time in one place: each replaces the scripts there and the logs
exec 9> "$dir/lock"
flock -n 9 || { echo "$dir is in use by another run" >&2; exit 2; }
export PYTHONDONTWRITEBYTECODE=1 PYTHONWARNINGS=ignore DO_NOT_TRACK=1
# no client may fall back to a key or an address of the caller's own, nor use a proxy for loopback
unset OPENAI_API_KEY OPENAI_BASE_URL OPENAI_ORG_ID OPENAI_PROJECT_ID http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY

stamp_of() { # FILE... : what a place carries that was installed from these files, or (NEWEST) from the names in them
  echo "${NEWEST:+newest }$(cat "$@" | cksum)"
}

stamped() { # PLACE FILE... : is PLACE installed from exactly these files?
  [ "$(cat "$1/.stamp" 2>/dev/null)" = "$(stamp_of "${@:2}")" ]
}

install_py() { # NAME
  local v=$dir/venv/$1 r=$here/requirements/$1.txt how=--no-deps
  [ -z "${NEWEST:-}" ] || { r=$here/requirements/$1.in; how=--upgrade; }
  stamped "$v" "$r" && return
  rm -rf "$v"
  python3 -m venv "$v" && "$v/bin/pip" install -q --disable-pip-version-check "$how" -r "$r" >&2 && stamp_of "$r" > "$v/.stamp" &&
    if [ -n "${NEWEST:-}" ]; then mkdir -p "$dir/newest" && "$v/bin/pip" freeze > "$dir/newest/$1.txt"; fi
}

place_of() { # NAME : where a project of npm is installed
  [ "$1" = node ] && echo "$dir/npm" || echo "$dir/npm-$1"
}

install_npm() { # NAME
  local n=$(place_of "$1") r=$here/requirements/$1 a
  if ! stamped "$n" "$r/package.json" "$r/package-lock.json"; then
    rm -rf "$n" && mkdir -p "$n" && cp "$r/package.json" "$n/" || return 1
    if [ -n "${NEWEST:-}" ]; then
      (cd "$n" && npm install --save-exact --omit-lockfile-registry-resolved --no-audit --no-fund $(node -p 'Object.keys(require("./package.json").dependencies).map(name => name + "@latest").join(" ")') >&2) &&
        mkdir -p "$dir/newest/$1" && cp "$n/package.json" "$n/package-lock.json" "$dir/newest/$1/"
    else
      # not `npm ci`: it demands the builds for every other machine, which not every registry has
      cp "$r/package-lock.json" "$n/" && (cd "$n" && npm install --no-save --no-audit --no-fund >&2)
    fi && stamp_of "$r/package.json" "$r/package-lock.json" > "$n/.stamp" || return 1
  fi
  # the scripts resolve their imports from beside node_modules
  rm -rf "$n/run" && mkdir "$n/run" && cp "$here"/cases/*.mjs "$n/run/" && cp -r "$here/cases/lib" "$n/run/lib" || return 1
  export NPM_BIN=$n/node_modules/.bin
  if [ "$(node -p 'process.versions.node.split(".")[0]')" -lt 22 ]; then
    a=$(node -p 'process.platform + "-" + process.arch')
    a=$dir/node22/node_modules/node-$a
    [ -x "$a/bin/node" ] || (mkdir -p "$dir/node22" && cd "$dir/node22" && npm init -y >/dev/null 2>&1 && npm install --no-audit --no-fund "$(basename "$a")@22.23.3" >&2) || return 1
    export PATH=$a/bin:$PATH
  fi
}

version_of() { # NPM VENV PACKAGE
  if [ "$1" = - ]; then "$dir/venv/$2/bin/python" -c 'import importlib.metadata as m, sys; print(m.version(sys.argv[1]))' "$3"
  else node -p 'require(process.argv[1]).version' "$(place_of "$1")/node_modules/$3/package.json"; fi
}

out=$dir/log/results.txt
: > "$out"
: > "$dir/log/versions.tsv"
while IFS=$'\t' read -r client npm venv script package _; do
  [ -n "$client" ] || continue
  if [ $# -gt 0 ]; then case " $* " in *" $client "*) ;; *) continue ;; esac; fi
  log=$dir/log/$client.err
  if ! { { [ "$npm" = - ] || install_npm "$npm"; } && { [ "$venv" = - ] || install_py "$venv"; }; } 2> "$log" < /dev/null; then
    echo "$client: install: FAIL $(tail -n 1 "$log" | cut -c1-200)" | tee -a "$out"
    continue
  fi
  printf '%s\t%s\t%s\n' "$client" "$package" "$(version_of "$npm" "$venv" "$package")" >> "$dir/log/versions.tsv"
  if [ "$venv" = - ]; then run=(node "$(place_of "$npm")/run/$script"); else run=("$dir/venv/$venv/bin/python" "$here/cases/$script"); fi
  if [ -n "${LIST:-}" ]; then
    "${run[@]}" 2> "$log" < /dev/null
    continue
  fi
  if [ -n "${LOOP:-}${PLAN:-}" ]; then
    timeout -k 5 "${CLIENT_TIMEOUT:-6000}" "${run[@]}" > "$dir/log/$client.tsv" 2> "$log" < /dev/null
    echo "$client: $(grep -c "	FAIL \[EXC\]" "$dir/log/$client.tsv") raised in $(wc -l < "$dir/log/$client.tsv") cases, in log/$client.tsv"
    continue
  fi
  timeout -k 5 "${CLIENT_TIMEOUT:-900}" "${run[@]}" 2> "$log" < /dev/null | grep --line-buffered "^$client: " | tee -a "$out"
  code=${PIPESTATUS[0]}
  if ! grep -q "^$client: " "$out" && [ -z "${CASES:-}" ]; then
    echo "$client: start: FAIL no case ran; $(grep -v '^ *$' "$log" | tail -n 1 | cut -c1-200)" | tee -a "$out"
  elif [ "$code" -gt 1 ]; then
    echo "$client: end: FAIL exit status $code; $(grep -v '^ *$' "$log" | tail -n 1 | cut -c1-200)" | tee -a "$out"
  fi
done < "$here/clients.tsv"

[ -z "${LIST:-}${LOOP:-}${PLAN:-}" ] || exit 0
failed=$(grep -c ': FAIL ' "$out")
skipped=$(grep -c ': skip ' "$out")
passed=$(grep -c ': ok$' "$out")
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
