#!/usr/bin/env bash
# Masks every example and shows what comes out, before and after: `examples/run.sh PATH_TO_PII`.
set -euo pipefail
pii=${1:?say where pii is: examples/run.sh target/release/pii}
cd "$(dirname "$0")"
pii=$(cd - >/dev/null && realpath "$pii")
here=$(pwd)
lines=8
if [ -t 1 ]; then bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'; else bold='' dim='' plain=''; fi

# What a terminal can show of a file: its first lines, read as UTF-8, separators of FIX visible.
head_of() { { iconv -f "$1" -t UTF-8 2>/dev/null || cat; } | tr '\001' '|' | head -n "$lines" | cut -c 1-160; }

for file in "$here"/*; do
    name=$(basename "$file")
    case $name in *.md | *.sh) continue ;; esac
    charset=UTF-8
    case $name in *gbk*) charset=GB18030 ;; esac
    masked=$("$pii" mask "$file" | head_of "$charset" ; exit "${PIPESTATUS[0]}") || { echo "$name: pii failed" >&2; exit 1; }
    printf '%s%s%s\n%sbefore%s\n' "$bold" "$name" "$plain" "$dim" "$plain"
    head_of "$charset" <"$file"
    printf '%safter%s\n%s\n\n' "$dim" "$plain" "$masked"
done
echo "Next: echo '客户张三，手机13800138000' | $1 mask        $1 scan examples/ --explain"
