#!/bin/sh
# Makes the tones that the server plays in tests: music with the caller's tone, which no caller in those tests sends, and a
# comfort message with Bob's. Needs sox and opus-tools. CC0, like all sounds here.
set -eu
cd "$(dirname "$0")"
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT

tone() {
  sox -D -n -r 48000 -b 16 -c 1 "$temp/tone.wav" synth "$2" sine "$3" gain -12
  opusenc --quiet --serial 1 --bitrate 32 --music --comment license=CC0-1.0 "$temp/tone.wav" "$1"
}

tone music.ogg 12 2300
tone comfort-waiting.ogg 2 3700
