#!/usr/bin/env bash
# The benchmark on a GPU: our methods in turn with pytorch-grad-cam and Captum
# on the same card, on a ResNet-50 and a ViT-B/16 of random weights that it
# writes itself. It takes under ten minutes once everything is fetched (PyTorch
# with CUDA, 3 GB, into the cache; the GPU build of the runtime). The figures go
# to build/bench-gpu.txt too.
#
#   scripts/bench-gpu.sh          on an NVIDIA GPU; says so, fetches nothing and ends with 3 where there is none
#   scripts/bench-gpu.sh small    the same lines on the CPU, on small pictures and few samples:
#                                 whether they run, not how fast. DEVICE=webgpu runs ours there
#
# SEEWHY_PYTHON names a Python that has the packages of scripts/bench-gpu.txt already.
set -euo pipefail
cd "$(dirname "$0")/.."

small=
device=${DEVICE:-cuda}
case "${1:-}" in
  "") ;;
  small) small=1 device=${DEVICE:-cpu} ;;
  *)
    echo "bench-gpu: $1 is unknown; \"small\" is for machines without a GPU" >&2
    exit 2
    ;;
esac
if [ -z "$small" ] && ! nvidia-smi -L >/dev/null 2>&1; then
  echo "bench-gpu: there is no NVIDIA GPU here (nvidia-smi lists none), so nothing is measured;" >&2
  echo "  \"make bench-gpu SMALL=1\" tries the lines of it on the CPU" >&2
  exit 3
fi

runtime=cuda
[ -z "$small" ] || runtime=
python=${SEEWHY_PYTHON:-}
scripts/setup.sh "$([ -n "$python" ] && echo build || echo bench)" $runtime
scripts/onnxruntime.sh $runtime
if [ -z "$python" ]; then
  venv=${XDG_CACHE_HOME:-$HOME/.cache}/seewhy/bench-gpu
  python=$venv/bin/python
  # The copy of the list is written last: an environment with it is whole.
  if ! cmp -s scripts/bench-gpu.txt "$venv/bench-gpu.txt"; then
    echo "bench-gpu: fetching PyTorch, Captum and pytorch-grad-cam into $venv (3 GB, once)"
    python3 -m venv --clear "$venv"
    "$python" -m pip install --quiet --no-cache-dir -r scripts/bench-gpu.txt
    cp scripts/bench-gpu.txt "$venv/bench-gpu.txt"
  fi
fi

mkdir -p build
{
  date -u '+%Y-%m-%d'
  nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader 2>/dev/null || echo "no GPU: $(nproc) processors"
  SEEWHY_BENCH_DEVICE=$device SEEWHY_BENCH_SMALL=$small SEEWHY_PYTHON=$python \
    go test -vet=off -run '^$' -bench '^BenchmarkGPU$' -benchtime 1x -timeout 30m ./analysis/engine
} | tee build/bench-gpu.txt
