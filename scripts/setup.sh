#!/usr/bin/env bash
# Installs the Debian packages that are missing, and says nothing when none is.
#
#   scripts/setup.sh build     what building and running needs
#   scripts/setup.sh test      also what tests need: a screen under Xvfb, and
#                              ONNX's own node tests
#   scripts/setup.sh bench     what the peers of bench-gpu need besides building
#   scripts/setup.sh build cuda    also what fetching the GPU build of ONNX Runtime needs
#
# Package versions are the distribution's own (Debian 12 is tried):
# these are C headers, a compiler and X tools, whose security updates must
# not be pinned away. What decides results, ONNX Runtime and the Go modules,
# is pinned elsewhere.
set -euo pipefail

build=(
  gcc libc6-dev pkgconf                             # cgo
  libgl-dev libx11-dev libxcursor-dev libxrandr-dev # Fyne's window
  libxinerama-dev libxi-dev libxxf86vm-dev
  libgl1 libgl1-mesa-dri                            # OpenGL when running
  libstdc++6                                        # ONNX Runtime
)
# A real window without a screen, real drops and clicks, Chinese glyphs, and
# the node tests of ONNX's backend suite (data only).
test=(
  xvfb xauth xdotool openbox x11-utils imagemagick
  python3 python3-xlib fonts-droid-fallback
  libonnx-testdata
)

bench=(
  python3 python3-venv
)

case "${1:-build}" in
  build) wanted=("${build[@]}") ;;
  test) wanted=("${build[@]}" "${test[@]}") ;;
  bench) wanted=("${build[@]}" "${bench[@]}") ;;
  *)
    echo "usage: $0 [build|test|bench] [cuda]" >&2
    exit 2
    ;;
esac

if [ "${2:-}" = cuda ]; then
  wanted+=(python3-pip)
fi

if ! command -v dpkg-query >/dev/null; then
  echo "setup: this is no Debian; should the build fail, install what corresponds to: ${wanted[*]}" >&2
  exit 0
fi

# One question for all packages takes 20 ms, so no stamp is kept that could go stale.
installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null || true)
missing=()
for package in "${wanted[@]}"; do
  grep -qx "installed $package" <<<"$installed" || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

echo "setup: installing ${missing[*]}"
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "setup: neither root nor sudo here; as root, run: apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get "$@" -qq >>"$log" 2>&1; }
# The package lists of a fresh machine or container are missing or old.
if ! apt install -y --no-install-recommends "${missing[@]}" &&
  ! { apt update && apt install -y --no-install-recommends "${missing[@]}"; }; then
  tail -n 15 "$log" >&2
  echo "setup: apt-get could not install ${missing[*]}; is there a network?" >&2
  exit 1
fi
