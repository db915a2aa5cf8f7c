#!/usr/bin/env bash
# Prints the licence texts of every Go module that is linked into the
# program, taken from the modules themselves so that the list cannot go stale.
set -euo pipefail
cd "$(dirname "$0")/.."
echo "SeeWhy contains or is shipped with the following works under their own licences."
echo "ONNX Runtime: see NOTICE."
go list -deps -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}' ./app | sort -u |
  while read -r path version dir; do
    printf '\n\n==== %s %s ====\n' "$path" "$version"
    found=
    # Works inside a module, such as its fonts, carry a licence in their own folder.
    while IFS= read -r file; do
      found=yes
      printf '\n-- %s --\n\n' "${file#"$dir"/}"
      cat "$file"
    done < <(find "$dir" -maxdepth 5 -type f -not -path '*/testdata/*' \
      \( -iname 'LICEN[SC]E*' -o -iname 'COPYING*' -o -iname 'OFL*' -o -iname 'UNLICENSE*' -o -name 'NOTICE*' \) -not -name '*.go' | sort)
    if [ -z "$found" ]; then
      echo "notices: $path $version carries no licence file" >&2
      exit 1
    fi
  done
printf '\n\n==== Go standard library and runtime ====\n\n'
cat "$(go env GOROOT)/LICENSE"
