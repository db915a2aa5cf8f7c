#!/usr/bin/env bash
# Makes dist/seewhy-VERSION-linux-ARCH.tar.gz out of a binary that is built:
# the program, the ONNX Runtime library beside it (where the program looks
# first), licences, icon and desktop entry.
#
#   scripts/package.sh VERSION BINARY
set -euo pipefail
cd "$(dirname "$0")/.."
version=$1
binary=$2
arch=$(go env GOARCH)
runtime=$(sed -n 's/^version=//p' scripts/onnxruntime.sh)
library=${SEEWHY_ONNXRUNTIME:-${XDG_CACHE_HOME:-$HOME/.cache}/seewhy/onnxruntime/$runtime/libonnxruntime.so.1}

name=seewhy-$version-linux-$arch
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
root=$stage/$name
install -d "$root/share/applications" "$root/share/icons/hicolor/512x512/apps" "$root/share/icons/hicolor/scalable/apps"
install -m 0755 "$binary" "$root/seewhy"
install -m 0644 "$library" "$root/libonnxruntime.so.1"
install -m 0644 LICENSE NOTICE "$root/"
[ -f README.md ] && install -m 0644 README.md "$root/"
install -m 0755 scripts/install.sh "$root/install.sh"
install -m 0644 assets/icon/app.seewhy.SeeWhy.desktop "$root/share/applications/"
install -m 0644 assets/icon/icon.png "$root/share/icons/hicolor/512x512/apps/app.seewhy.SeeWhy.png"
install -m 0644 assets/icon/icon.svg "$root/share/icons/hicolor/scalable/apps/app.seewhy.SeeWhy.svg"
scripts/notices.sh >"$root/THIRD_PARTY_NOTICES.txt"

mkdir -p dist
# The same input gives the same archive: order, owner and times are fixed.
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$(git log -1 --format=%ct 2>/dev/null || echo 0)" \
  -C "$stage" -czf "dist/$name.tar.gz" "$name"
(cd dist && sha256sum "$name.tar.gz" >"$name.tar.gz.sha256")
echo "dist/$name.tar.gz"
