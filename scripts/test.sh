#!/usr/bin/env bash
# Runs every test (vet is `make lint`): with the race detector, save for the packages that link
# the real window. Those hold OpenGL bindings whose C takes minutes to
# compile, and compiled for the race detector it takes them twice; so they
# are tested as `make run` builds them. What they wire together is tested
# with -race, package by package.
set -euo pipefail
cd "$(dirname "$0")/.."
window=$(go list -test -f '{{.ImportPath}} {{join .Deps " "}}' ./... |
  awk '/ github.com\/go-gl\/glfw/ { sub(/\.test$/, "", $1); print $1 }' | grep -v '_test$' | sort -u || true)
others=$(go list ./... | grep -vxF "${window:-none}" || true)

# shellcheck disable=SC2086 # lists of package paths
go test -race -vet=off -timeout 8m "$@" $others
# The float64 twin of whole models is arithmetic on one goroutine a model; the
# race detector would make minutes of it.
go test -vet=off -timeout 8m -run TestWholeModelGradient ./models/grad
if [ -n "$window" ]; then
  # shellcheck disable=SC2086
  go test -vet=off -timeout 8m "$@" $window
fi
