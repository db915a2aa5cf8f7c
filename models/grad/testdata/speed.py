"""Networks at their usual size for the speed comparisons: exports them to ONNX, and times PyTorch on them.

    pip install torch==2.15.0 torchvision==0.29.2 timm==1.0.31 onnx==1.23.2
    python models/grad/testdata/speed.py export OUT [NAME ...]
    SEEWHY_SPEED=OUT SEEWHY_PYTHON=python go test -run '^$' -bench 'Ratio' ./models/grad

`time NAME THREADS` serves the benchmark: for every line on standard input it runs PyTorch's eager forward and
backward pass once (gradient of one logit with respect to the input, parameters frozen) and prints its milliseconds.
Weights are random: the time does not depend on them.
"""

import pathlib
import sys
import time

import torch
import torchvision

NAMES = "resnet50 convnext_tiny timm:vit_tiny_patch16_224 mobilenet_v2 squeezenet1_1 googlenet vgg11 resnet18 resnet34 resnet101".split()


def build(name):
    torch.manual_seed(1)
    if name.startswith("timm:"):
        import timm

        model = timm.create_model(name[5:], pretrained=False)
    else:
        extra = {"aux_logits": False, "init_weights": False} if name == "googlenet" else {}
        model = getattr(torchvision.models, name)(weights=None, **extra)
    return model.eval().requires_grad_(False)


def export(name, out):
    x = torch.randn(1, 3, 224, 224)
    torch.onnx.export(build(name), (x,), str(out / f"{name.replace(':', '_')}.onnx"), opset_version=17, dynamo=False,
                      input_names=["image"], output_names=["logits"], dynamic_axes={"image": {0: "N"}, "logits": {0: "N"}})


def serve(name, threads):
    torch.set_num_threads(threads)
    model, x = build(name), torch.randn(1, 3, 224, 224).requires_grad_(True)
    print("ready", flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        model(x)[0, 1].backward()
        took = time.perf_counter() - start
        x.grad = None
        print(f"{took * 1000:.4f}", flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "time":
        serve(sys.argv[2], int(sys.argv[3]))
    else:
        out = pathlib.Path(sys.argv[2])
        out.mkdir(parents=True, exist_ok=True)
        for name in sys.argv[3:] or NAMES:
            export(name, out)
            print(name, "exported", flush=True)
