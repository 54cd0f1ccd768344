#!/usr/bin/env bash
# The gate as plain shell, for any CI: judges the server at $1 (the bundled reference server without it) and exits with
# the code of the run. ANTIPHON_BASELINE names a baseline, ANTIPHON_PROFILES the profiles that must hold,
# ANTIPHON_DEPTH how much is asked (core, standard, thorough; standard without it), ANTIPHON_REPORT_DIR where reports go.
set -euo pipefail

words=(run --depth "${ANTIPHON_DEPTH:-standard}" --report-dir "${ANTIPHON_REPORT_DIR:-antiphon-report}")
if [ $# -gt 0 ]; then words+=(--base-url "$1"); fi
if [ -n "${ANTIPHON_BASELINE:-}" ]; then words+=(--baseline "$ANTIPHON_BASELINE"); fi
for each in ${ANTIPHON_PROFILES:-}; do words+=(--require-profile "$each"); done

code=0
antiphon "${words[@]}" || code=$?
case $code in
  0) echo "The contract holds." ;;
  1) echo "Something is broken that must not be." >&2 ;;
  3) echo "The server does not answer." >&2 ;;
  5) echo "The baseline is out of date: take out what is mended, decide on what has expired." >&2 ;;
  *) echo "Nothing could be judged (code $code)." >&2 ;;
esac
exit "$code"
