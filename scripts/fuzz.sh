#!/usr/bin/env bash
# Runs the fuzz targets that are named, FUZZ_SECONDS each, with libFuzzer on the stable toolchain. What breaks one is kept
# in fuzz/artifacts/TARGET, and what was learnt in fuzz/corpus/TARGET, so that a second run goes on from there.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v cargo-fuzz >/dev/null 2>&1 || cargo install --locked cargo-fuzz

# Sanitizers take a nightly compiler, and there is no unsafe code here for them to watch. What `debug-assertions` and
# overflow checks see is seen on stable too. Linking without LTO takes seconds in place of minutes.
export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 RUST_BACKTRACE=0
failed=()
for target in "$@"; do
    mkdir -p "fuzz/corpus/$target"
    echo "fuzzing $target for ${FUZZ_SECONDS:-300} s"
    cargo fuzz run --sanitizer none --features libfuzzer "$target" "fuzz/corpus/$target" "fuzz/seeds/$target" -- \
        -max_total_time="${FUZZ_SECONDS:-300}" -max_len=4096 -timeout=60 -print_final_stats=1 >"fuzz/corpus/$target.log" 2>&1 ||
        failed+=("$target")
    grep -a -e 'number_of_executed_units' -e 'panicked at' "fuzz/corpus/$target.log" || true
done
if [ "${#failed[@]}" -gt 0 ]; then
    echo "broken: ${failed[*]}. Make the input small with: cargo fuzz tmin --sanitizer none --features libfuzzer TARGET FILE," >&2
    echo "then add it to REGRESSIONS in fuzz/tests/replay.rs." >&2
    exit 1
fi
