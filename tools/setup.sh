#!/usr/bin/env bash
# Makes .venv from a lock file. Says which system packages are missing and how to get them; as root, gets them itself.
set -euo pipefail
cd "$(dirname "$0")/.."
lock=$1

say() { printf '%s\n' "$*" >&2; }

missing=()
python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
for library in libpango-1.0.so.0:libpango-1.0-0 libpangoft2-1.0.so.0:libpangoft2-1.0-0 \
               libharfbuzz-subset.so.0:libharfbuzz-subset0; do
  ldconfig -p 2>/dev/null | grep -q "${library%%:*}" || missing+=("${library##*:}")
done

if ((${#missing[@]})); then
  say "System packages missing: ${missing[*]}"
  if [[ $(id -u) == 0 ]]; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" >/dev/null
  else
    say "Install them with: sudo apt-get install ${missing[*]}"
    [[ " ${missing[*]} " == *" python3-venv "* ]] && exit 1
    say "Going on without them: everything works but the PDF of a certificate."
  fi
fi

python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { say "Python 3.11 or newer is needed."; exit 1; }
[[ -x .venv/bin/python ]] || python3 -m venv .venv
say "Installing the locked dependencies into .venv …"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
