#!/bin/sh
# Installs Lớp học phường from this unpacked bundle; asks no network for anything.
#
#   ./install.sh /opt/lms       program, courses and its own Python environment into that folder (default /opt/lms)
#
# The folder may hold an earlier version: its program is exchanged, nothing else is touched. Stop the site first.
set -eu
umask 022  # what root writes here the user of the site reads
here=$(cd "$(dirname "$0")" && pwd)
target=${1:-/opt/lms}

say() { printf '%s\n' "$*" >&2; }

(cd "$here" && sha256sum --check --strict --quiet SHA256SUMS) || { say "The bundle is damaged: copy it anew. Nothing was installed."; exit 1; }

wanted=$(cat "$here/PYTHON")
python=$(command -v "python$wanted" || command -v python3 || true)
[ -n "$python" ] && "$python" -c "import sys, ensurepip, venv; sys.exit('%d.%d' % sys.version_info[:2] != '$wanted')" 2>/dev/null || {
  say "This bundle is for Python $wanted with its venv module (apt: python$wanted python$wanted-venv). Nothing was installed."
  exit 1
}
for library in libpango-1.0.so.0 libpangoft2-1.0.so.0 libharfbuzz-subset.so.0; do
  ldconfig -p 2>/dev/null | grep -q "$library" || say "Missing: $library. Everything works but the PDF of a certificate (docs/operating.md)."
done

mkdir -p "$target"
target=$(cd "$target" && pwd)
for part in "$here"/program/*; do
  rm -rf "$target/$(basename "$part").new"
  cp -R "$part" "$target/$(basename "$part").new"
done
[ -x "$target/.venv/bin/python" ] && "$target/.venv/bin/python" -c "import sys; sys.exit('%d.%d' % sys.version_info[:2] != '$wanted')" || {
  rm -rf "$target/.venv"
  "$python" -m venv "$target/.venv"
}
# Only the wheels beside this script, and of them only those whose hashes the program's own lock names.
offline="--isolated --quiet --disable-pip-version-check --no-index --no-cache-dir --find-links $here/wheels"
locked="--require-hashes -r $here/program/requirements/run.txt"
export PIP_CONFIG_FILE=/dev/null
"$target/.venv/bin/python" -m pip install $offline --dry-run $locked  # all of it is there: now nothing stops half-way
"$target/.venv/bin/python" -m pip install $offline $locked
for part in "$here"/program/*; do
  name=$(basename "$part")
  rm -rf "$target/$name"
  mv "$target/$name.new" "$target/$name"
done
"$target/.venv/bin/python" -m pip install $offline --no-deps --no-build-isolation -e "$target"
# The user of the site cannot write here: it would compile all of it at each start.
"$target/.venv/bin/python" -m compileall -q "$target/lms"
say "Installed in $target. A new site: docs/operating.md, \"Installing on one machine\". One that was here: lms upgrade."
