#!/bin/sh
# Makes the sounds the tests need again: CC0, nobody's voice. Needs espeak-ng, sox and ffmpeg with libopus.
set -eu
cd "$(dirname "$0")"
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT

# As a browser sends speech: one channel, voip, 20 ms, 24 kbit/s.
encode() {
  ffmpeg -v error -y -i "$1" -ac 1 -ar 48000 -c:a libopus -application voip -frame_duration 20 -b:a 24k \
    -map_metadata -1 -metadata license=CC0-1.0 -fflags +bitexact "$2"
}

# 12 s at -12 dBFS: longer than any test listens, because where a file begins again there is a click.
sox -n -r 48000 -b 16 -c 1 "$temp/tone.wav" synth 12 sine 660 gain -12
encode "$temp/tone.wav" tone-660.opus

# Two sentences: 1 s of silence, speech, 2 s of silence, speech, 1 s of silence, and a faint hiss over all of it.
espeak-ng -v en-gb -s 150 -w "$temp/first.wav" "My parcel has not arrived, and I have waited for a week."
espeak-ng -v en-gb -s 150 -w "$temp/second.wav" "Could you please look where it is?"
sox "$temp/first.wav" -r 48000 -c 1 "$temp/first48.wav" norm -6 pad 1 0
sox "$temp/second.wav" -r 48000 -c 1 "$temp/second48.wav" norm -6 pad 2 1
sox "$temp/first48.wav" "$temp/second48.wav" "$temp/clean.wav"
sox -R -n -r 48000 -b 16 -c 1 "$temp/hiss.wav" synth "$(soxi -D "$temp/clean.wav")" whitenoise gain -60
sox -m "$temp/clean.wav" "$temp/hiss.wav" "$temp/speech.wav"
encode "$temp/speech.wav" speech.opus
soxi -D "$temp/first48.wav" "$temp/second48.wav"
