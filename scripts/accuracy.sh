#!/usr/bin/env bash
# What is missed and what is wrongly touched, on messages made from seeds: fails where a target is missed.
set -euo pipefail
cd "$(dirname "$0")/.."
: "${PII_BIN:?say where pii is}"
export PII_BIN
cargo build --release --locked -q -p pii-tests --bin score
score=${CARGO_TARGET_DIR:-target}/release/score
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# at_least NAME VALUE BOUND: says so and remembers when VALUE is below BOUND.
at_least() {
    if awk -v v="$2" -v b="$3" 'BEGIN { exit !(v + 0 >= b + 0) }'; then
        printf '%-44s %8s (at least %s)\n' "$1" "$2" "$3"
    else
        printf '%-44s %8s (at least %s)  MISSED\n' "$1" "$2" "$3"
        failed=1
    fi
}

for seed in ${SEEDS:-101 202 303}; do
    "$score" messages --seed "$seed" --count "${MESSAGES:-3000}" >"$work/messages"
    at_least "seed $seed: checksum or label, % masked" "$(awk '$1 == "Firm" { print $4 }' "$work/messages")" 99.9
    at_least "seed $seed: names and addresses with a cue, %" "$(awk '$1 == "Cued" { print $4 }' "$work/messages")" 98
    touched=$("$score" negatives --seed "$seed" --lines 100000 | awk '$1 == "lines" { print $4 }')
    at_least "seed $seed: of 100,000 harmless lines, untouched" "$((100000 - touched))" 99995
done

corpus() { # NAME MIB BYTES_PER_ITEM COVERAGE PRECISION
    python3 benches/corpus/gen_corpus.py "$work/$1" --mb "$2" --bytes-per-pii "$3" >/dev/null
    "$PII_BIN" scan --format text --output json "$work/$1.txt" >"$work/$1.jsonl"
    "$score" corpus --truth "$work/$1.truth" --findings "$work/$1.jsonl" >"$work/$1.score"
    at_least "$1: coverage, %" "$(awk '$1 == "all" { print 100 * $3 / $2 }' "$work/$1.score")" "$4"
    at_least "$1: precision, %" "$(awk '$1 == "all" { print 100 - $NF }' "$work/$1.score")" "$5"
}
corpus dense "${DENSE_MB:-16}" 200 98 99.5
corpus sparse "${SPARSE_MB:-64}" 10240 97 98
exit "$failed"
