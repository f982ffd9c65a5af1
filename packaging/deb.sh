#!/usr/bin/env bash
# Makes a Debian package of a proxy that has been built: packaging/deb.sh BINARY FOLDER
# Plain dpkg-deb, so that what is in the package is what stands here. Prints the package's path.
set -euo pipefail
binary=$1 out=$2
here=$(cd "$(dirname "$0")/.." && pwd)
version=$("$binary" --version | awk '{ print $2 }')
architecture=$(dpkg --print-architecture)
package=$out/pii-proxy_${version}_$architecture.deb
root=$(mktemp -d)
chmod 0755 "$root"
trap 'rm -rf "$root"' EXIT

put() { install -D -m "$1" "$2" "$root$3"; }
put 0755 "$binary" /usr/bin/pii-proxy
put 0644 "$here/packaging/pii-proxy.service" /lib/systemd/system/pii-proxy.service
put 0644 "$here/packaging/pii-proxy.sysusers.conf" /usr/lib/sysusers.d/pii-proxy.conf
put 0644 "$here/packaging/pii-proxy.example.toml" /etc/pii-proxy/example.toml
put 0644 "$here/packaging/pii-proxy.schema.json" /usr/share/pii-proxy/pii-proxy.schema.json
put 0644 "$here/packaging/alerts.yml" /usr/share/pii-proxy/alerts.yml
doc=/usr/share/doc/pii-proxy
for file in proxy operations policy rules keys audit consent regulation; do
    put 0644 "$here/docs/$file.md" $doc/$file.md
    put 0644 "$here/docs/$file.zh-CN.md" $doc/$file.zh-CN.md
done
put 0644 "$here/SECURITY.md" $doc/SECURITY.md
put 0644 "$here/NOTICE" $doc/NOTICE
put 0644 "$here/LICENSE" $doc/copyright
gzip -9n <"$here/CHANGELOG.md" >"$root$doc/changelog.gz"
chmod 0644 "$root$doc/changelog.gz"
while IFS= read -r file; do
    put 0644 "$file" "$doc/examples/${file#"$here/examples/proxy/"}"
done < <(find "$here/examples/proxy" -type f | sort)

# The C library that the binary was linked with, by the newest of its versions that it asks for.
libc=$(objdump -T "$binary" | grep -o 'GLIBC_[0-9.]*' | sort -Vu | tail -n 1 | cut -d _ -f 2)
[ -n "$libc" ] || { echo "deb.sh: $binary does not say which C library it needs" >&2; exit 1; }
mkdir -m 0755 "$root/DEBIAN"
cat >"$root/DEBIAN/control" <<EOF
Package: pii-proxy
Version: $version
Architecture: $architecture
Maintainer: The pii-proxy project <pii-proxy@localhost>
Installed-Size: $(du -sk --exclude=DEBIAN "$root" | cut -f 1)
Depends: libc6 (>= $libc), libgcc-s1, systemd
Recommends: ca-certificates
Section: net
Priority: optional
Description: egress proxy that masks personal information
 Stands in front of SMS, e-mail, push and partner gateways. What is personal in a
 request is masked, or stops it, before anything leaves, and each decision is on
 the disk before its message is sent.
EOF
echo /etc/pii-proxy/example.toml >"$root/DEBIAN/conffiles"
for script in postinst prerm postrm; do
    install -m 0755 "$here/packaging/debian/$script" "$root/DEBIAN/$script"
done

mkdir -p "$out"
# The same input makes the same package.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$here" log -1 --format=%ct 2>/dev/null || echo 0)}
export SOURCE_DATE_EPOCH
find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
dpkg-deb --root-owner-group -Zxz -z"${DEB_LEVEL:-6}" --build "$root" "$package" >/dev/null
echo "$package"
