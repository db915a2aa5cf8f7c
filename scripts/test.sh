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
# The window's parts live on one goroutine; the race detector makes minutes of drawing them.
others=$(go list ./... | grep -vxF "${window:-none}" | grep -v '/ui/screen$' || true)

# shellcheck disable=SC2086 # lists of package paths
go test -race -short -vet=off -timeout 8m "$@" $others
# Arithmetic on whole pictures and models, which the race detector would make
# minutes of: -short left it out above, and here these packages run in full.
go test -vet=off -timeout 8m "$@" ./models/onnx ./models/grad ./models/prep ./analysis/scene/... ./analysis/report \
  ./analysis/engine ./ui/session ./ui/screen ./app/cli
if [ -n "$window" ]; then
  # shellcheck disable=SC2086
  go test -vet=off -timeout 8m "$@" $window
fi

# Gradients and a method of each family on WebGPU, against the CPU: there is no
# GPU here, so a Vulkan driver in software serves.
if vulkan=$(scripts/swiftshader.sh); then
  VK_DRIVER_FILES=$vulkan/vk_swiftshader_icd.json LD_LIBRARY_PATH=$vulkan XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-/tmp} \
    SEEWHY_TEST_DEVICE=webgpu go test -vet=off -timeout 8m -run 'OnDevice|WrongKernels' "$@" ./models/runtime ./models/grad ./analysis/engine
elif [ -n "${CI:-}" ]; then
  exit 1
else
  echo "test: WebGPU was not tested, for want of a driver"
fi
