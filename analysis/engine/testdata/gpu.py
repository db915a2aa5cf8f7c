"""The peers of `make bench-gpu`: pytorch-grad-cam and Captum on torchvision's networks, of random weights.

`python gpu.py NETWORK DEVICE SIDE` answers every line on standard input, `METHOD PRECISION SAMPLES`, with the milliseconds
of one explanation of one picture, or with a sentence that says why there is none. The METHOD `gemm` answers with the
GFLOP/s of a large product of matrices: the peak that the others are set against. DEVICE is cuda or cpu; SIDE is the
picture's, in pixels. The model and the explainer are set up before the clock runs, as ours are. TensorFloat-32 is off,
as it is in ours; scripts/bench-gpu.sh installs what it needs.
"""

import sys
import time
import warnings

import torch
import torchvision
from captum.attr import IntegratedGradients, NoiseTunnel, Saliency
from pytorch_grad_cam import GradCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

warnings.filterwarnings("ignore")
torch.backends.cuda.matmul.allow_tf32 = False
torch.backends.cudnn.allow_tf32 = False
CLASS = 1
TYPES = {"float32": torch.float32, "float16": torch.float16}
BATCH = {"cuda": 64, "cpu": 8}


def network(name, side):
    torch.manual_seed(1)
    extra = {"image_size": side} if name == "vit_b_16" else {}
    return getattr(torchvision.models, name)(weights=None, **extra).eval()


def tokens(side):
    grid = side // 16
    return lambda x: x[:, 1:].reshape(x.shape[0], grid, grid, -1).permute(0, 3, 1, 2)


def rise(model, x, samples, batch, generator):
    """Petsiuk et al. 2018, section 3.1, as the authors' code runs it: masks made in batches on the device."""
    side, cells = x.shape[-1], 7
    cell = -(-side // cells)
    total = torch.zeros(side, side, device=x.device)
    with torch.no_grad():
        for at in range(0, samples, batch):
            n = min(batch, samples - at)
            grid = (torch.rand(n, 1, cells, cells, generator=generator, device=x.device) < 0.5).to(x.dtype)
            up = torch.nn.functional.interpolate(grid, size=((cells + 1) * cell,) * 2, mode="bilinear", align_corners=False)
            shift = torch.randint(0, cell, (n, 2), generator=generator, device=x.device).tolist()
            masks = torch.stack([m[:, i : i + side, j : j + side] for m, (i, j) in zip(up, shift)])
            scores = model(x * masks)[:, CLASS].float()
            total += (scores[:, None, None] * masks[:, 0].float()).sum(0)
    return (total / (samples * 0.5)).cpu()


def explainer(name, model, side, method, samples, device):
    batch = BATCH[device]
    if method == "gradcam":
        layer, reshape = (model.layer4[-1], None) if name == "resnet50" else (model.encoder.layers[-1].ln_1, tokens(side))
        cam = GradCAM(model=model, target_layers=[layer], reshape_transform=reshape)
        return lambda x: cam(input_tensor=x, targets=[ClassifierOutputTarget(CLASS)])
    if method == "integratedgradients":
        ig = IntegratedGradients(model)
        return lambda x: ig.attribute(x, target=CLASS, n_steps=samples, internal_batch_size=batch).cpu()
    if method == "smoothgrad":
        kind = next(model.parameters()).dtype
        smooth = NoiseTunnel(Saliency(lambda x: model(x.to(kind))))  # Captum's noise is float32
        return lambda x: smooth.attribute(x, target=CLASS, nt_type="smoothgrad", nt_samples=samples, nt_samples_batch_size=batch, stdevs=0.15, abs=False).cpu()
    if method == "rise":
        generator = torch.Generator(device=device).manual_seed(1)
        return lambda x: rise(model, x, samples, batch, generator)
    raise ValueError(f"there is no peer for {method}")


def gemm(device, kind, side):
    n = 8192 if device == "cuda" else 512
    a, b = (torch.randn(n, n, device=device, dtype=kind) for _ in range(2))
    best = 0
    for _ in range(5):
        sync(device)
        start = time.perf_counter()
        a @ b
        sync(device)
        best = max(best, 2 * n**3 / (time.perf_counter() - start) / 1e9)
    return best


def sync(device):
    if device == "cuda":
        torch.cuda.synchronize()


def main(name, device, side):
    models = {}
    x = torch.randn(1, 3, side, side)
    explainers = {}
    print("ready", torch.__version__, torch.cuda.get_device_name() if device == "cuda" else "cpu", flush=True)
    for line in sys.stdin:
        method, precision, samples = line.split()
        try:
            kind = TYPES[precision]
            if method == "gemm":
                print(f"{gemm(device, kind, side):.1f}", flush=True)
                continue
            if precision not in models:
                models[precision] = network(name, side).to(device=device, dtype=kind)
            key = (method, precision, samples)
            if key not in explainers:
                explainers[key] = explainer(name, models[precision], side, method, int(samples), device)
            given = x.to(device=device, dtype=kind)
            sync(device)
            start = time.perf_counter()
            explainers[key](given)
            sync(device)
            print(f"{(time.perf_counter() - start) * 1000:.3f}", flush=True)
        except Exception as e:  # said in the table, beside what did run
            print(f"no: {type(e).__name__}: {str(e).splitlines()[0] if str(e) else ''}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
