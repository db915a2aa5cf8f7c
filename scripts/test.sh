#!/usr/bin/env bash
# Runs every test (vet is `make lint`): with the race detector, save for whole pictures and
# models, and for the packages that link the real window. Those hold OpenGL bindings whose C takes minutes to
# compile, and compiled for the race detector it takes them twice; so they
# are tested as `make run` builds them. What they wire together is tested
# with -race, package by package.
set -euo pipefail
cd "$(dirname "$0")/.."
window=$(go list -test -f '{{.ImportPath}} {{join .Deps " "}}' ./... |
  awk '/ github.com\/go-gl\/glfw/ { sub(/\.test$/, "", $1); print $1 }' | grep -v '_test$' | sort -u || true)
others=$(go list ./... | grep -vxF "${window:-none}" || true)

# shellcheck disable=SC2086 # lists of package paths
go test -race -short -vet=off -timeout 8m "$@" $others
# Arithmetic on whole pictures and models, which the race detector would make
# minutes of: -short left it out above, and here these packages run in full.
go test -vet=off -timeout 8m "$@" ./models/onnx ./models/grad ./models/prep ./analysis/scene/... ./analysis/report \
  ./analysis/engine ./ui/screen ./app/cli
if [ -n "$window" ]; then
  # shellcheck disable=SC2086
  go test -vet=off -timeout 8m "$@" $window
fi
