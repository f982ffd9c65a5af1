#!/usr/bin/env bash
# Holds the ciphers and keyed hashes against Bouncy Castle on random keys, tweaks and values (BC_VALUES of each sort, from
# BC_SEED). Installs Java and Bouncy Castle's jar where they are missing and Debian has them.
set -euo pipefail
cd "$(dirname "$0")/.."
export BCPROV_JAR="${BCPROV_JAR:-/usr/share/java/bcprov.jar}"

missing=()
command -v javac >/dev/null 2>&1 || missing+=(default-jdk-headless)
[ -e "$BCPROV_JAR" ] || missing+=(libbcprov-java)
if [ "${#missing[@]}" -gt 0 ]; then
    apt-get update && apt-get install -y --no-install-recommends "${missing[@]}"
fi
cargo test --release --locked -p pii-core --test fpe_bouncy_castle -- --ignored --nocapture
