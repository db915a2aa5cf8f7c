#!/usr/bin/env bash
# Runs every fuzz target of the project, each for FUZZTIME (10s).
set -euo pipefail
cd "$(dirname "$0")/.."
time=${FUZZTIME:-10s}
grep -rn --include='*_test.go' -o '^func Fuzz[A-Za-z0-9_]*' . | sort |
  while IFS=: read -r file _ func; do
    target=${func#func }
    echo "== $(dirname "$file") $target, $time"
    go test -run='^$' -fuzz="^$target\$" -fuzztime="$time" "$(dirname "$file")"
  done
