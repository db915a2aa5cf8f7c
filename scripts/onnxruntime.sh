#!/usr/bin/env bash
# Puts the pinned ONNX Runtime library where the program looks for it:
#
#   ${XDG_CACHE_HOME:-~/.cache}/seewhy/onnxruntime/VERSION/libonnxruntime.so.1
#
# and prints nothing when it is there already. The library comes out of the
# npm package onnxruntime-node, which carries Microsoft's own builds for x64
# and arm64 (CPU and WebGPU inside). npm fetches it through whatever registry
# it is set up for. Nothing is used whose SHA-256 is not the one written here.
# The archives on GitHub's release page hold other builds of the same version:
# no sum of theirs is pinned here, so they are not used.
#
# It can be interrupted and run again, and run twice at once.
set -euo pipefail

version=1.27.0
archive_sha256=c3779c01c59832f8c03e2c392ac3af10bf08579f1822e8b1c63cc451edb302a2

case "$(uname -s)-$(uname -m)" in
  Linux-x86_64)
    member=package/bin/napi-v6/linux/x64/libonnxruntime.so.1
    sha256=d8aff4aa8abee8fb2abb2f2f2459ffc94461e781e41b9f7c072829dd0d470221
    ;;
  Linux-aarch64 | Linux-arm64)
    member=package/bin/napi-v6/linux/arm64/libonnxruntime.so.1
    sha256=c36bc200e7e6c093b8abb0b34590fbdd8c52fd3fb5e33795b9523ffdde2fce0f
    ;;
  *)
    echo "onnxruntime: no library is pinned for $(uname -s) on $(uname -m); install ONNX Runtime 1.24 or newer and set SEEWHY_ONNXRUNTIME to its file" >&2
    exit 1
    ;;
esac

if [ -n "${SEEWHY_ONNXRUNTIME:-}" ]; then
  echo "onnxruntime: using SEEWHY_ONNXRUNTIME=$SEEWHY_ONNXRUNTIME as it is"
  exit 0
fi

folder=${XDG_CACHE_HOME:-$HOME/.cache}/seewhy/onnxruntime/$version
library=$folder/libonnxruntime.so.1

has_sum() { # FILE SHA256
  [ -f "$1" ] && [ "$(sha256sum "$1" | cut -d' ' -f1)" = "$2" ]
}

has_sum "$library" "$sha256" && exit 0

mkdir -p "$folder"
# The second of two waits for the first, then finds its work done.
exec 9>"$folder/.lock"
command -v flock >/dev/null && flock 9
has_sum "$library" "$sha256" && exit 0

# Same file system as the target, so that the last step is a rename.
work=$(mktemp -d "$folder/.fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
archive=

echo "onnxruntime: fetching version $version (100 MB, once)"
if command -v npm >/dev/null; then
  if npm pack "onnxruntime-node@$version" --loglevel=error --pack-destination "$work" >/dev/null 2>"$work/npm.log"; then
    archive=$work/onnxruntime-node-$version.tgz
  else
    echo "onnxruntime: npm could not fetch onnxruntime-node@$version: $(grep -v "A complete log" "$work/npm.log" | head -n 3 | tr '\n' ' ')" >&2
  fi
fi
if [ -z "$archive" ]; then
  cat >&2 <<END
onnxruntime: version $version could not be fetched. It needs a network and npm.
  Without one, copy libonnxruntime.so.1 (1.24 or newer) here by hand and set SEEWHY_ONNXRUNTIME to its path,
  or put the pinned file at $library
END
  exit 1
fi
if ! has_sum "$archive" "$archive_sha256"; then
  echo "onnxruntime: the archive that came is not the pinned one (SHA-256 $(sha256sum "$archive" | cut -d' ' -f1), want $archive_sha256); it was thrown away" >&2
  exit 1
fi
tar -xzf "$archive" -O "$member" >"$work/library"
if ! has_sum "$work/library" "$sha256"; then
  echo "onnxruntime: the library in the archive does not have the pinned SHA-256; it was thrown away (is the disk full?)" >&2
  exit 1
fi
chmod 0644 "$work/library"
mv -f "$work/library" "$library"
echo "onnxruntime: $library"
