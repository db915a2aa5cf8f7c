# SeeWhy. `make help` lists what can be made.

SHELL := /usr/bin/env bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

# A release is a commit tagged vVERSION; anything else says which commit it is.
RELEASE := $(shell sed -n 's/^ *Version *= *"\(.*\)"/\1/p' FyneApp.toml)
COMMIT := $(shell git rev-parse --short HEAD 2>/dev/null)
TAGGED := $(shell git describe --exact-match --tags --match v$(RELEASE) 2>/dev/null)
VERSION := $(RELEASE)$(if $(COMMIT),$(if $(TAGGED),,-dev.$(COMMIT)))

GOFUMPT := go run mvdan.cc/gofumpt@v0.12.0
STATICCHECK := go run honnef.co/go/tools/cmd/staticcheck@v0.8.2

# Compile flags are the default ones everywhere but in `package`: another flag
# means compiling the OpenGL bindings again, minutes of it. The linker's flags
# are no part of that, so the version can be stamped in.
LDFLAGS := -s -w -X main.version=$(VERSION)

.PHONY: help
help: ## list these targets
	@echo "SeeWhy $(VERSION). make TARGET, where TARGET is:"
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: run
run: build ## install what is missing, build, open the window (no display: write build/report.png); GPU=cuda for NVIDIA
	@./build/seewhy

.PHONY: build
build: setup ## build/seewhy, with the system packages and the ONNX Runtime that it needs
	@mkdir -p build
	@[ -e build/seewhy ] || echo "build: the first time takes minutes, the window's OpenGL bindings are C"
	@go build -buildvcs=false -ldflags '$(LDFLAGS)' -o build/seewhy ./app

.PHONY: test
test: setup-test ## formatting, vet, staticcheck, every test: 7 minutes on 2 cores, twice that the first time
	@scripts/test.sh

.PHONY: lint
lint: setup ## gofumpt, go vet, staticcheck
	@unformatted=$$($(GOFUMPT) -l .); \
	if [ -n "$$unformatted" ]; then echo "lint: not gofumpt-formatted (run: $(GOFUMPT) -w .):"; echo "$$unformatted"; exit 1; fi
	@go vet ./...
	@$(STATICCHECK) ./...

.PHONY: bench
bench: setup ## every benchmark; the numbers go to build/bench.txt too
	@mkdir -p build
	@go test -run='^$$' -bench=. -benchmem -timeout 30m \
	  $$(grep -rl --include='*_test.go' '^func Benchmark' . | xargs -n1 dirname | sort -u) | tee build/bench.txt

# SMALL=1 tries its lines on the CPU.
SMALL ?=

.PHONY: bench-gpu
bench-gpu: ## on an NVIDIA GPU: methods beside PyTorch's packages on the same card; SMALL=1 tries it without one
	@scripts/bench-gpu.sh $(if $(SMALL),small)

.PHONY: fuzz
fuzz: setup ## every fuzz target, FUZZTIME (10s) each
	@scripts/fuzz.sh

.PHONY: package
package: setup ## dist/seewhy-VERSION-linux-ARCH.tar.gz, with the runtime library beside the program
	@mkdir -p build/package
	@go build -buildvcs=false -trimpath -ldflags '$(LDFLAGS)' -o build/package/seewhy ./app
	@scripts/package.sh '$(VERSION)' build/package/seewhy

.PHONY: clean
clean: ## remove build/ and dist/
	@rm -rf build dist

# GPU=cuda fetches the GPU build of the runtime where there is an NVIDIA driver.
GPU ?=

.PHONY: setup
setup:
	@scripts/setup.sh build $(GPU)
	@scripts/onnxruntime.sh $(GPU)

.PHONY: setup-test
setup-test:
	@scripts/setup.sh test
	@scripts/onnxruntime.sh
