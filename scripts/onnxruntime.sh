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
# With the argument cuda, and where there is an NVIDIA driver, the GPU build of
# the same version comes instead, with the CUDA 13 and cuDNN 9 libraries that
# it links to, into VERSION-cuda beside it (1.3 GB to fetch, 2 GB on disk).
# These are the packages of scripts/cuda.txt, which pip fetches and checks
# against the SHA-256 written there. A machine without the driver gets the CPU
# build, and is told why.
#
# It can be interrupted and run again, and run twice at once.
set -euo pipefail
cd "$(dirname "$0")"

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

cache=${XDG_CACHE_HOME:-$HOME/.cache}/seewhy/onnxruntime

driver() { # is NVIDIA's driver here?
  [ -e /proc/driver/nvidia/version ] || ldconfig -p 2>/dev/null | grep -q 'libcuda\.so\.1'
}

fetch_cuda() {
  local folder=$cache/$version-cuda
  local stamp
  stamp=$(sha256sum cuda.txt | cut -d' ' -f1)
  # The stamp is written last: a folder with it is whole.
  [ "$(cat "$folder/.whole" 2>/dev/null)" = "$stamp" ] && return 0
  if ! python3 -m pip --version >/dev/null 2>&1; then
    echo "onnxruntime: fetching the GPU build needs pip (apt-get install python3-pip)" >&2
    return 1
  fi
  mkdir -p "$folder"
  exec 8>"$folder/.lock"
  command -v flock >/dev/null && flock 8
  [ "$(cat "$folder/.whole" 2>/dev/null)" = "$stamp" ] && return 0
  local work
  # errexit does not hold inside a function whose answer is asked for.
  work=$(mktemp -d "$folder/.fetch.XXXXXX") || return 1
  # shellcheck disable=SC2064 # the folder's name of now
  trap "rm -rf '$work'; exit 130" INT TERM
  echo "onnxruntime: fetching the GPU build of version $version with CUDA 13 and cuDNN 9 (1.3 GB, once)"
  if ! python3 -m pip download --quiet --no-deps --no-cache-dir --require-hashes --only-binary=:all: \
    --platform manylinux_2_28_x86_64 --platform manylinux_2_27_x86_64 --platform manylinux2014_x86_64 \
    --platform manylinux2010_x86_64 --implementation cp --python-version 311 --abi cp311 --abi none \
    --dest "$work" -r cuda.txt >"$work/pip.log" 2>&1; then
    echo "onnxruntime: pip could not fetch the GPU build: $(tail -n 3 "$work/pip.log" | tr '\n' ' ')" >&2
    rm -rf "$work"
    return 1
  fi
  # The libraries alone, all in one folder; Python's own module is not needed.
  if ! python3 - "$work" <<'END'; then
import os, shutil, sys, zipfile
work = sys.argv[1]
for wheel in sorted(os.listdir(work)):
    if not wheel.endswith(".whl"):
        continue
    with zipfile.ZipFile(os.path.join(work, wheel)) as z:
        for member in z.infolist():
            name = os.path.basename(member.filename)
            if ".so" not in name or "pybind" in name or ".alt." in name or name.startswith("libnvblas"):
                continue
            if name.startswith("libonnxruntime.so."):
                name = "libonnxruntime.so.1"
            with z.open(member) as source, open(os.path.join(work, name), "wb") as target:
                shutil.copyfileobj(source, target, 1 << 20)
    os.remove(os.path.join(work, wheel))
END
    echo "onnxruntime: the GPU build could not be unpacked (is the disk full?)" >&2
    rm -rf "$work"
    return 1
  fi
  rm -f "$work/pip.log"
  mv -f "$work"/* "$folder"/
  rm -rf "$work"
  trap - INT TERM
  echo "$stamp" >"$folder/.whole"
  echo "onnxruntime: $folder"
}

case "${1:-}" in
  "" | cpu) ;;
  cuda)
    if [ "$(uname -s)-$(uname -m)" != Linux-x86_64 ]; then
      echo "onnxruntime: the GPU build is pinned for Linux on x86_64 only; the CPU build serves"
    elif ! driver; then
      echo "onnxruntime: no NVIDIA driver is installed here; the CPU build serves"
    else
      fetch_cuda && exit 0
      echo "onnxruntime: the CPU build serves" >&2
    fi
    ;;
  *)
    echo "onnxruntime: GPU=$1 is unknown; GPU=cuda is for NVIDIA, and without it the CPU build is fetched" >&2
    exit 2
    ;;
esac

folder=$cache/$version
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
