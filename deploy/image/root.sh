#!/bin/sh
# Lays out the root of the image: root.sh <node> <folder>. Needs ldd and coreutils, no privileges.
set -eu
node=$1
to=$2

mkdir -p "$to/usr/local/bin" "$to/etc/waybill" "$to/var/lib/waybill" "$to/tmp" "$to/app"
cp "$node" "$to/usr/local/bin/node"

# Libraries at the very paths where the loader looks for them; the last one is the loader itself.
ldd "$node" | grep -o '/[^ ]*' | while read -r library; do
  mkdir -p "$to$(dirname "$library")"
  cp -L "$library" "$to$library"
done

echo 'waybill:x:10001:10001::/var/lib/waybill:/nonexistent' >"$to/etc/passwd"
echo 'waybill:x:10001:' >"$to/etc/group"
# Without it names would be asked of DNS before /etc/hosts.
echo 'hosts: files dns' >"$to/etc/nsswitch.conf"
chmod 1777 "$to/tmp"
# Only a builder that is root may give it away; without that nothing is written there anyway.
chown 10001:10001 "$to/var/lib/waybill" 2>/dev/null || true
chmod 0700 "$to/var/lib/waybill"
