#!/usr/bin/env bash
# Builds the proxy and its bench, installs nginx and mitmproxy where they are missing, and measures:
#     proxy-bench.sh TARGET-FOLDER [what the bench takes]
set -euo pipefail
target=$1
shift
"$(dirname "$0")/tools.sh"
venv="$target/mitmproxy"
[ -x "$venv/bin/mitmdump" ] || { python3 -m venv "$venv" && "$venv/bin/pip" install --quiet "mitmproxy>=11,<13"; }
cargo build --release --locked -p pii-proxy
cargo build --release --locked -p pii-benches --bin proxy
cd "$target"
exec ./release/proxy --proxy ./release/pii-proxy --mitmdump "$venv/bin/mitmdump" "$@"
