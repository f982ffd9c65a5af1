#!/usr/bin/env bash
# Masks every example and shows what changes, before and after: `examples/run.sh PATH_TO_PII`.
# Stops, and says where, as soon as pii fails.
set -euo pipefail

# The longest line that is shown, in bytes, and the most lines of one file.
width=400
lines=${LINES_SHOWN:-6}

[ $# -eq 1 ] || { echo "usage: examples/run.sh PATH_TO_PII" >&2; exit 2; }
case $1 in
    */*) pii=$(cd "$(dirname "$1")" && pwd)/$(basename "$1") ;;
    *) pii=$(command -v "$1") || pii=$PWD/$1 ;;
esac
[ -x "$pii" ] || { echo "examples/run.sh: $1 is not there or cannot be run: \`make build\` makes it" >&2; exit 2; }

# Byte by byte, whatever the reader's language: the texts are UTF-8 and pass through untouched.
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
    bold=$'\033[1m' dim=$'\033[2m' green=$'\033[32m' plain=$'\033[0m'
else
    bold='' dim='' green='' plain=''
fi

# about NAME: what the example is, and the channel that it would leave by.
about() {
    case $1 in
        app.log) echo "log|an application log, kept inside the firm: masked a little less" ;;
        customers.csv) echo "third_party|an export with a Chinese header" ;;
        customers-gbk.csv) echo "third_party|the same export in GBK, shown here in UTF-8; it stays GBK" ;;
        customers.sql) echo "third_party|a dump of a data base: the names of columns speak for the values, comments too" ;;
        events.ndjson) echo "third_party|one JSON document a line, one of them in \\u escapes" ;;
        form.txt) echo "third_party|a form body, percent-encoded" ;;
        openaccount.json) echo "third_party|a request to open an account, with a face image" ;;
        orders.fix) echo "third_party|a FIX log: lengths stay, check sums are computed again (| is shown for SOH)" ;;
        page.html) echo "third_party|a page: a number cut by a tag, one with a character reference" ;;
        partner.xml) echo "third_party|a partner's identity check" ;;
        sms.txt) echo "sms|text messages of a broker, a futures firm and a fund company" ;;
        statement.eml) echo "email|an e-mail: encoded words, quoted-printable, base64; each is coded again" ;;
        *) echo "third_party|" ;;
    esac
}

# readable NAME FILE: the file as a terminal can show it.
readable() {
    case $1 in
        *gbk*) iconv -f GB18030 -t UTF-8 "$2" ;;
        *) cat "$2" ;;
    esac | tr '\001' '|' | tr -d '\r'
}

# Reads the output of `diff` and shows the lines that changed, in pairs where one became one.
changes() {
    awk -v width="$width" -v lines="$lines" -v dim="$dim" -v green="$green" -v plain="$plain" '
        # Cut at a whole character: bytes of the one that was cut in two go too.
        function short(s) {
            if (length(s) <= width) return s
            s = substr(s, 1, width)
            while (s ~ /[\200-\277]$/) s = substr(s, 1, length(s) - 1)
            sub(/[\300-\377]$/, "", s)
            return s "…"
        }
        function before(s) { print "    " dim "before  " short(s) plain }
        function after(s) { s = short(s); gsub(/\*+/, green "&" plain, s); print "    after   " s }
        function flush(   i) {
            for (i = 1; i <= olds || i <= news; i++) {
                if (++shown > lines) { hidden++; continue }
                if (i <= olds) before(old[i])
                if (i <= news) after(new[i])
            }
            olds = news = 0
        }
        /^< / { if (news) flush(); old[++olds] = substr($0, 3); next }
        /^> / { new[++news] = substr($0, 3); next }
        /^[0-9]/ { flush() }
        END {
            flush()
            if (!shown) print "    " dim "nothing in it to mask" plain
            if (hidden) print "    " dim "… and " hidden " more" plain
        }'
}

files=0 total=0
for file in "$here"/*; do
    # A folder has what a manual's session needs, and no messages.
    [ -f "$file" ] || continue
    name=$(basename "$file")
    case $name in *.md | *.sh | *.toml) continue ;; esac
    IFS='|' read -r channel text <<<"$(about "$name")"

    printf '%s%s%s  %s\n' "$bold" "$name" "$plain" "$text"
    printf '    %s$ pii mask --channel %s examples/%s%s\n' "$dim" "$channel" "$name" "$plain"
    "$pii" mask --channel "$channel" --report "$work/report" "$file" >"$work/masked" || {
        code=$?
        echo "examples/run.sh: pii failed on $name (exit $code)" >&2
        exit "$code"
    }
    count=$(sed -n 's/^  "findings": \([0-9]*\),*$/\1/p' "$work/report")
    files=$((files + 1)) total=$((total + count))

    if readable "$name" "$file" >"$work/a" 2>/dev/null && readable "$name" "$work/masked" >"$work/b" 2>/dev/null; then
        # diff says 1 where files differ, which they should; more than 1 is trouble.
        diff -a "$work/a" "$work/b" >"$work/diff" || [ $? -eq 1 ]
        changes <"$work/diff"
    else
        printf '    %smasked; this system has no iconv to show it with%s\n' "$dim" "$plain"
    fi
    echo
done

printf '%s%d examples, %d findings.%s Lines without one are byte for byte as they were.\n' \
    "$bold" "$files" "$total" "$plain"
printf 'Next:  %s scan --explain examples/sms.txt\n' "$1"
printf "       echo '客户张三，手机13800138000' | %s mask\n" "$1"
