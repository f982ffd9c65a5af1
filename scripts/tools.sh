#!/usr/bin/env bash
# Installs the tools that the tests need and that are missing. Does nothing where all are there.
set -euo pipefail
have() { command -v "$1" >/dev/null 2>&1; }

have cargo-deny || cargo install --locked cargo-deny
have python3 || { apt-get update && apt-get install -y --no-install-recommends python3; }
