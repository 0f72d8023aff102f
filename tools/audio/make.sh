#!/bin/sh
# Makes every sound in public/audio again, and checks it. Needs python3 with venv, espeak-ng, sox and opus-tools.
set -eu
export PYTHONDONTWRITEBYTECODE=1

here=$(cd "$(dirname "$0")" && pwd)
public=$here/../../public/audio
venv=${BATON_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/baton}/audio-venv

for tool in python3 espeak-ng sox opusenc opusdec; do
  command -v "$tool" >/dev/null || { echo "$tool is missing (Debian: apt install python3-venv espeak-ng sox opus-tools)" >&2; exit 1; }
done

[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --requirement "$here/requirements.txt"

echo "1/4 hold music"
"$venv/bin/python" "$here/hold.py" "$public/hold.ogg"
echo "2/4 signals"
"$venv/bin/python" "$here/signals.py" "$public"
echo "3/4 voices"
"$venv/bin/python" "$here/voices.py" "$public"
echo "4/4 check"
"$venv/bin/python" "$here/check.py" "$public"
