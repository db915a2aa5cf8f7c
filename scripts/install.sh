#!/bin/sh
# Installs SeeWhy for the present user (no root): the program under
# ~/.local/opt/seewhy, a link in ~/.local/bin, an entry in the menu.
# sh install.sh --remove takes all of it away again.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
prefix=${PREFIX:-$HOME/.local}
target=$prefix/opt/seewhy
entry=$prefix/share/applications/app.seewhy.SeeWhy.desktop
png=$prefix/share/icons/hicolor/512x512/apps/app.seewhy.SeeWhy.png
svg=$prefix/share/icons/hicolor/scalable/apps/app.seewhy.SeeWhy.svg

if [ "${1:-}" = --remove ]; then
  rm -rf "$target"
  rm -f "$prefix/bin/seewhy" "$entry" "$png" "$svg"
  echo "SeeWhy was removed from $prefix"
  exit 0
fi
mkdir -p "$target" "$prefix/bin" "$(dirname "$entry")" "$(dirname "$png")" "$(dirname "$svg")"
cp -f "$here/seewhy" "$here/libonnxruntime.so.1" "$here/LICENSE" "$here/NOTICE" "$here/THIRD_PARTY_NOTICES.txt" "$target/"
ln -sf "$target/seewhy" "$prefix/bin/seewhy"
cp -f "$here/share/icons/hicolor/512x512/apps/app.seewhy.SeeWhy.png" "$png"
cp -f "$here/share/icons/hicolor/scalable/apps/app.seewhy.SeeWhy.svg" "$svg"
sed "s|^Exec=seewhy|Exec=\"$target/seewhy\"|" "$here/share/applications/app.seewhy.SeeWhy.desktop" >"$entry"
echo "SeeWhy is installed: $prefix/bin/seewhy"
