#!/bin/sh
# Speaks the caller's words for the tests (espeak-ng and sox), with a pause after them, in which an utterance ends.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
spoken=$(mktemp --suffix .wav)
espeak-ng -v en-us -s 135 -w "$spoken" "my router is offline since monday. the invoice is wrong."
sox "$spoken" -r 16000 -c 1 -b 16 "$here/speech.wav" norm -6 pad 0.3 1.5
rm "$spoken"
