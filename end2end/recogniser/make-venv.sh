#!/bin/sh
# Makes the Python environment of the recogniser beside the other tools, once, and prints its interpreter.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
venv=${BATON_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/baton}/recogniser-venv
if ! cmp -s "$here/requirements.txt" "$venv/requirements.txt"; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --requirement "$here/requirements.txt" >&2
  cp "$here/requirements.txt" "$venv/requirements.txt"
fi
echo "$venv/bin/python"
