#!/bin/sh
# Makes the files of the tests anew: two sentences with a pause between them, in every kind that is read.
# Needs espeak-ng, sox and ffmpeg, and is run by hand.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
espeak-ng -v en-us -s 150 -w "$work/one.wav" "My router is broken."
espeak-ng -v en-us -s 150 -w "$work/two.wav" "Please call me back on Friday."
sox "$work/one.wav" "$work/padded.wav" pad 0.5 1.5
sox "$work/padded.wav" "$work/two.wav" -r 44100 -c 2 "$work/both.wav" pad 0 0.7
make() { ffmpeg -v error -y -i "$work/both.wav" "$@"; }
make -ac 1 -ar 8000 two.wav
make -ac 2 -b:a 48k two.mp3
make -ac 1 -c:a aac -b:a 32k two.m4a
make -ac 1 -c:a aac -b:a 32k two.aac
make -ac 1 -c:a libopus -b:a 24k two.ogg
# As browsers record: of unknown length, without an index.
make -ac 1 -c:a libopus -b:a 24k -f webm -live 1 two.webm
make -ac 1 -ar 16000 -c:a flac two.flac
make -ac 1 -c:a libvorbis -b:a 48k vorbis.ogg
