#!/bin/sh
# Looks for inputs that break a parser, guided by what they reach: run.sh <target> [seconds]. Stable Rust is enough, and cargo-fuzz
# is not needed; what it adds is the address sanitizer, which finds nothing in code without `unsafe`.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=${1:?which target? one of $(cd "$here/fuzz_targets" && ls | sed 's/\.rs$//' | tr '\n' ' ')}
seconds=${2:-60}
folder=${BATON_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/baton}/fuzz

# What libFuzzer wants to see of the code that it runs.
coverage="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters"
coverage="$coverage -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares"
# Given a triple, cargo keeps this away from build scripts and macros, which are not linked with libFuzzer.
triple=$(rustc -vV | sed -n 's/^host: //p')
RUSTFLAGS="--cfg fuzzing -Cdebug-assertions -Coverflow-checks $coverage" cargo build --release --bin "$target" --target "$triple" \
  --manifest-path "$here/Cargo.toml" --target-dir "$folder/target"

mkdir -p "$folder/corpus/$target"
"$folder/target/$triple/release/$target" -max_total_time="$seconds" -artifact_prefix="$folder/" -max_len=20000 \
  "$folder/corpus/$target" "$here/../tests/sounds"
