#!/usr/bin/env bash
# Installs the tools that the tests need and that are missing. Does nothing where all are there.
set -euo pipefail
have() { command -v "$1" >/dev/null 2>&1; }
debian() { apt-get update && apt-get install -y --no-install-recommends "$@"; }

have cargo-deny || cargo install --locked cargo-deny
have python3 || debian python3
# What the proxy is tested with: clients before it, a server behind it, and environments of Python for packages.
have curl || debian curl
{ have nghttp && have h2load; } || debian nghttp2-client
have nginx || [ -x /usr/sbin/nginx ] || debian nginx-light
python3 -c 'import ensurepip, venv' 2>/dev/null || debian python3-venv
# A browser without a screen, and what drives it, for the page of the admin listener.
{ have chromium && have chromedriver; } || debian chromium chromium-driver
# A Debian package is made and looked at.
{ have dpkg-deb && have objdump; } || debian dpkg binutils
# A security module in software, for the tests of PKCS#11. SOFTHSM2_MODULE says where it is, if not where Debian has it.
[ -e "${SOFTHSM2_MODULE:-/usr/lib/softhsm/libsofthsm2.so}" ] || debian softhsm2
# A database server, of which the tests start their own. PG_BIN says where its programs are, if not where Debian has them.
compgen -G "${PG_BIN:-/usr/lib/postgresql/*/bin}/initdb" >/dev/null || have initdb || debian postgresql
