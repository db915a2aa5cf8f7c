"""Times pytorch-grad-cam's maps, and Captum's of layers, on PyTorch's CPU, for the benchmark that stands ours beside them.

    pip install -r analysis/method/testdata/requirements.txt torchvision==0.29.2
    python models/grad/testdata/speed.py export OUT resnet50
    SEEWHY_SPEED=OUT SEEWHY_PYTHON=python go test -run '^$' -bench CAMsBesidePeers -benchtime 5x ./analysis/engine

`python speedcams.py THREADS` answers every line on standard input, the identifier of a method, with the milliseconds of one
explanation of one picture of 224 pixels by torchvision's ResNet-50 of random weights (the time does not depend on
them). Setting up is counted as it is for ours: the model and the explainer are there, hooks and all; the call is timed.
"""

import sys
import time
import warnings

import torch
import torchvision
from captum.attr import GradientShap, GuidedGradCam, LayerConductance
from pytorch_grad_cam import (
    EigenCAM,
    EigenGradCAM,
    FullGrad,
    GradCAM,
    GradCAMPlusPlus,
    HiResCAM,
    KPCA_CAM,
    LayerCAM,
    ShapleyCAM,
    XGradCAM,
)
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

CLASS, BATCH = 1, 8  # Captum's many points go in batches as ours do


def build():
    torch.manual_seed(1)
    model = torchvision.models.resnet50(weights=None).eval()
    for m in model.modules():
        if isinstance(m, torch.nn.ReLU):
            m.inplace = False  # Captum's guided methods need it
    return model


def methods(model):
    """An explainer is made at its first call: PyTorch's hooks of one would slow down the others."""
    to, last = [ClassifierOutputTarget(CLASS)], model.layer4[-1]
    pgc = lambda make: lambda x: make(model=model, target_layers=[last])(x, to)
    table = {
        "gradcam": pgc(GradCAM), "gradcam++": pgc(GradCAMPlusPlus), "xgradcam": pgc(XGradCAM), "hirescam": pgc(HiResCAM),
        "layercam": pgc(LayerCAM), "eigencam": pgc(EigenCAM), "eigengradcam": pgc(EigenGradCAM), "kpcacam": pgc(KPCA_CAM),
        "shapleycam": lambda x: ShapleyCAM(model=model, target_layers=[last])(x.clone().requires_grad_(True), to),
        "fullgrad": lambda x: FullGrad(model, [])(x, to),
        "guidedgradcam": lambda x: GuidedGradCam(model, last).attribute(x, target=CLASS),
        "conductance": lambda x: LayerConductance(model, last).attribute(x, target=CLASS, n_steps=50, internal_batch_size=BATCH),
        "gradientshap": lambda x: GradientShap(model).attribute(x, torch.zeros_like(x), n_samples=50, stdevs=0.15, target=CLASS),
    }
    return table


def main(threads):
    warnings.filterwarnings("ignore")
    torch.set_num_threads(threads)
    model = build()
    table, x = methods(model), torch.randn(1, 3, 224, 224)
    print("ready", flush=True)
    for line in sys.stdin:
        run = table[line.strip()]
        start = time.perf_counter()
        run(x.clone())
        print(f"{(time.perf_counter() - start) * 1000:.4f}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
