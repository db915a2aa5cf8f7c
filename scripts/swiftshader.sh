#!/usr/bin/env bash
# Fetches SwiftShader, a Vulkan driver in software, and the Vulkan loader that
# goes with it, so that the WebGPU provider can be tested where there is no
# GPU. Both come out of Debian's package chromium-common (32 MB), which apt
# checks by its signature; nothing is installed. Prints the folder:
#
#   driver=$(scripts/swiftshader.sh)
#   VK_DRIVER_FILES=$driver/vk_swiftshader_icd.json LD_LIBRARY_PATH=$driver seewhy devices
#
# The version is the distribution's own, as old ones vanish from its archive.
set -euo pipefail

folder=${XDG_CACHE_HOME:-$HOME/.cache}/seewhy/swiftshader
files=(libvk_swiftshader.so libvulkan.so.1 vk_swiftshader_icd.json)
whole() { for f in "${files[@]}"; do [ -s "$folder/$f" ] || return 1; done; }
whole && echo "$folder" && exit 0

if ! command -v dpkg-deb >/dev/null; then
  echo "swiftshader: this is no Debian; its driver cannot be fetched" >&2
  exit 1
fi
mkdir -p "$folder"
work=$(mktemp -d "$folder/.fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT
# apt fetches as a user of its own, who must be let in.
chmod 755 "$work"
fetch() { (cd "$work" && apt-get download chromium-common >>log 2>&1); }
# The package lists of a fresh machine or container are missing or old.
as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
if ! fetch && ! { "${as_root[@]}" apt-get update -qq >>"$work/log" 2>&1 && fetch; }; then
  echo "swiftshader: apt could not fetch chromium-common: $(tail -n 2 "$work/log" | tr '\n' ' ')" >&2
  exit 1
fi
dpkg-deb -x "$work"/chromium-common_*.deb "$work/x"
for f in "${files[@]}"; do
  cp "$work/x/usr/lib/chromium/$f" "$work/$f"
  mv -f "$work/$f" "$folder/$f"
done
echo "$folder"
