#!/bin/sh
# Installs LiveKit's client for Node beside the other tools, once, and prints the folder that it can be required from.
set -eu
here=$(cd "$(dirname "$0")" && pwd)/node
folder=${BATON_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/baton}/ears-node
if ! cmp -s "$here/package-lock.json" "$folder/installed.json"; then
  mkdir -p "$folder"
  cp "$here/package.json" "$here/package-lock.json" "$folder/"
  npm ci --prefix "$folder" --no-audit --no-fund --loglevel=error >&2
  cp "$here/package-lock.json" "$folder/installed.json"
fi
echo "$folder"
