#!/usr/bin/env bash
# Runs `make lint` and every test. Arguments go to each `go test`.
#
#   0. The linters, beside 1 and 2: on a fresh machine they wait minutes for one
#      C compiler, while the other cores have nothing to do.
#   1. With the race detector: packages whose code or tests start goroutines or
#      hold locks. -short leaves out arithmetic on whole pictures and models,
#      which the detector makes minutes of.
#   2. Without it, in full: all the others, and of the first those that left
#      something out. A package with one goroutine has no races to find.
#   3. The packages that link the real window, alone, as they tell the time. Their
#      OpenGL bindings are C that takes minutes to compile; for the race
#      detector it would take them again. What they wire together is in 1.
#   4. On WebGPU, what depends on the device.
set -euo pipefail
cd "$(dirname "$0")/.."
folders() { xargs -r -n1 dirname | sort -u | sed 's|^\./||; s|^|./|'; }
none() { [ $? -eq 1 ]; } # grep found nothing

window=$(go list -test -f '{{.ImportPath}} {{join .Deps " "}}' ./... |
  awk '/ github.com\/go-gl\/glfw/ { sub(/(_test)?\.test$/, "", $1); print $1 }' | grep -v '_test$' | sort -u | sed "s|^$(go list -m)|.|")
all=$(go list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}' ./... | sed "s|^$(go list -m)|.|" | grep -vxF "$window")
threads=$({ grep -rlE --include='*.go' '^[^/"`]*(\bgo (func\b|[A-Za-z.]+\()|\.Go\(|\bsync\.(RW)?Mutex\b|\batomic\.)' . || none; } | folders | grep -xF "$all")
short=$({ grep -rlE --include='*_test.go' 'testing\.Short\(\)|[rR]aceDetector' . || none; } | folders)
full=$(grep -vxF "$threads" <<<"$all"; grep -xF "$short" <<<"$threads")

said=$(mktemp)
trap 'kill "$linters" 2>/dev/null || true; rm -f "$said"' EXIT
make --no-print-directory lint >"$said" 2>&1 &
linters=$!

# shellcheck disable=SC2086 # lists of folders
go test -race -short -vet=off -timeout 20m "$@" $threads
# The window's parts live on one goroutine; these hear from others.
go test -race -vet=off -timeout 20m -run 'SlowWork|SamplingIs|TestBrush|HeatIs' "$@" ./ui/screen
# shellcheck disable=SC2086
go test -vet=off -timeout 20m "$@" $full
wait "$linters" || { cat "$said"; exit 1; }
# shellcheck disable=SC2086
go test -vet=off -timeout 20m "$@" $window

# Gradients and a method of each family on WebGPU, against the CPU: there is no
# GPU here, so a Vulkan driver in software serves.
if vulkan=$(scripts/swiftshader.sh); then
  VK_DRIVER_FILES=$vulkan/vk_swiftshader_icd.json LD_LIBRARY_PATH=$vulkan XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-/tmp} \
    SEEWHY_TEST_DEVICE=webgpu go test -vet=off -timeout 20m -run 'OnDevice|WrongKernels' "$@" ./models/runtime ./models/grad ./analysis/engine
elif [ -n "${CI:-}" ]; then
  exit 1
else
  echo "test: WebGPU was not tested, for want of a driver"
fi
