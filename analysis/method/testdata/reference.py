"""Computes the maps of pytorch-grad-cam and Captum that the methods are held to.

    pip install -r analysis/method/testdata/requirements.txt
    python3 analysis/method/testdata/reference.py

Three small networks with seeded random weights, in the styles of ResNet-18, MobileNet-V2 and VGG with batch norm, are
exported to ONNX; the peers explain the same weights in PyTorch. Written into peers/ beside this file: NAME.onnx,
maps.bin (float32, little-endian, one array after another) and maps.json (what each array is). The raw maps are
stored, before ReLU and scaling.
"""

import json
import warnings
from pathlib import Path
from unittest import mock

import numpy as np
import onnx
import onnxruntime
import torch
import torch.nn.functional as F
from captum.attr import InputXGradient, IntegratedGradients, NoiseTunnel, Saliency
from pytorch_grad_cam import (
    FEM,
    EigenCAM,
    EigenGradCAM,
    GradCAM,
    GradCAMElementWise,
    GradCAMPlusPlus,
    HiResCAM,
    LayerCAM,
    SegEigenCAM,
    XGradCAM,
)
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import nn

HERE = Path(__file__).resolve().parent / "peers"
SIDE, CLASSES = 48, 10
NOISY = 6  # samples of the methods with noise
CAMS = {  # our identifier: the peer's class
    "gradcam": GradCAM, "gradcam++": GradCAMPlusPlus, "xgradcam": XGradCAM, "hirescam": HiResCAM,
    "elementwisecam": GradCAMElementWise, "layercam": LayerCAM, "eigencam": EigenCAM, "eigengradcam": EigenGradCAM,
    "segeigencam": SegEigenCAM, "fem": FEM,
}
RULES = ["gausslegendre", "riemann_left", "riemann_right", "riemann_middle", "riemann_trapezoid"]  # in our order


def conv(i, o, kernel=3, stride=1, groups=1):
    return [nn.Conv2d(i, o, kernel, stride, kernel // 2, groups=groups, bias=False), nn.BatchNorm2d(o)]


class Residual(nn.Module):
    """ResNet's basic block."""

    def __init__(self, i, o, stride):
        super().__init__()
        self.body = nn.Sequential(*conv(i, o, 3, stride), nn.ReLU(), *conv(o, o))
        self.short = nn.Sequential(*conv(i, o, 1, stride)) if stride > 1 or i != o else nn.Identity()
        self.act = nn.ReLU()

    def forward(self, x):
        return self.act(self.body(x) + self.short(x))


class Inverted(nn.Module):
    """MobileNet-V2's block: its output has no ReLU, so that activations may be negative."""

    def __init__(self, i, o, stride):
        super().__init__()
        wide = 4 * i
        self.body = nn.Sequential(
            *conv(i, wide, 1), nn.ReLU6(), *conv(wide, wide, 3, stride, wide), nn.ReLU6(), *conv(wide, o, 1)
        )
        self.joins = stride == 1 and i == o

    def forward(self, x):
        return x + self.body(x) if self.joins else self.body(x)


class Net(nn.Module):
    def __init__(self, features, head):
        super().__init__()
        self.features, self.head = nn.Sequential(*features), head

    def forward(self, x):
        return self.head(self.features(x))


def pooled(width):
    return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, CLASSES))


def resnet():
    f = [*conv(3, 8, 3, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1), Residual(8, 8, 1), Residual(8, 16, 1), Residual(16, 32, 2)]
    return Net(f, pooled(32)), [5, 6]


def mobilenet():
    f = [*conv(3, 8, 3, 2), nn.ReLU6(), Inverted(8, 8, 1), Inverted(8, 12, 2), Inverted(12, 12, 1), *conv(12, 40, 1), nn.ReLU6()]
    return Net(f, pooled(40)), [5, 8]


def vgg():
    f = []
    for i, o in [(3, 8), (8, 16), (16, 24)]:
        f += [*conv(i, o), nn.ReLU(), nn.MaxPool2d(2)]
    f += [*conv(24, 32), nn.ReLU()]
    head = nn.Sequential(nn.MaxPool2d(2), nn.Flatten(), nn.Linear(32 * 9, 32), nn.ReLU(), nn.Linear(32, CLASSES))
    return Net(f, head), [10, 14]


def pictures(n):
    """Smooth random pictures, as photographs are smooth, with some noise."""
    x = F.interpolate(torch.randn(n, 3, 8, 8), SIDE, mode="bicubic", align_corners=False)
    return x + 0.2 * torch.randn(n, 3, SIDE, SIDE)


def path_points(x):
    """All points at which the paths of gradients() ask for a gradient."""
    fine, few = np.polynomial.legendre.leggauss(50)[0] / 2 + 0.5, np.concatenate(
        [np.arange(13) / 12, (np.arange(12) + 0.5) / 12, np.arange(12) / 11]
    )
    plain = torch.full_like(x, -1.5)
    scale = lambda t: torch.tensor(t, dtype=torch.float32).view(-1, 1, 1, 1)
    return torch.cat([scale(fine) * x, scale(few[few > 0]) * x, plain + scale(fine) * (x - plain)])


def margin(model, x):
    """How near the paths come to a kink: a ReLU's corner, or the two largest of a pool's window being equal. There,
    rounding decides the gradient, and two right answers differ."""
    nearest = []

    def look(module, inputs, _):
        h = inputs[0]
        if isinstance(module, nn.MaxPool2d):
            size, step, pad = module.kernel_size, module.stride, module.padding
            top = F.unfold(h.flatten(0, 1)[:, None], size, padding=pad, stride=step).topk(2, dim=1)[0]
            gap = (top[:, 0] - top[:, 1])[top[:, 0] > 0]
        else:
            gap = torch.minimum(h.abs(), (h - 6).abs()) if isinstance(module, nn.ReLU6) else h.abs()
        nearest.append(gap.min().item())

    kinked = [m for m in model.modules() if isinstance(m, (nn.ReLU, nn.ReLU6, nn.MaxPool2d))]
    hooks = [m.register_forward_hook(look) for m in kinked]
    with torch.no_grad():
        model(path_points(x))
    for h in hooks:
        h.remove()
    return min(nearest)


def export(name, model, x):
    """Writes the model. VGG keeps its batch norms as nodes; the other two have them folded into the convolutions."""
    path = HERE / f"{name}.onnx"
    mode = torch.onnx.TrainingMode.PRESERVE if name == "vgg" else torch.onnx.TrainingMode.EVAL
    axes = {"input": {0: "batch"}, "logits": {0: "batch"}}
    torch.onnx.export(
        model, x, path, opset_version=17, dynamo=False, training=mode, input_names=["input"], output_names=["logits"],
        dynamic_axes=axes, do_constant_folding=name != "vgg",
    )
    file = onnx.load(path)
    for node in file.graph.node:
        node.doc_string = ""
    onnx.save(file, path)
    return path


def value_of(path, x, activation):
    """Finds the graph's value that is the activation, and that nothing after it equals."""
    file = onnx.load(path)
    names = [o for n in file.graph.node for o in n.output if o]
    for name in names:
        if name != "logits":
            file.graph.output.append(onnx.helper.make_empty_tensor_value_info(name))
    outs = [o.name for o in file.graph.output]
    got = onnxruntime.InferenceSession(file.SerializeToString()).run(outs, {"input": x.numpy()})
    close = [n for n, v in zip(outs, got) if v.shape == activation.shape and np.allclose(v, activation, atol=1e-4)]
    assert len(close) == 1, close
    return close[0]


class Store:
    def __init__(self):
        self.data, self.at = bytearray(), 0

    def add(self, array):
        array = np.ascontiguousarray(array, dtype="<f4")
        entry = {"offset": self.at, "shape": list(array.shape)}
        self.data += array.tobytes()
        self.at += array.size
        return entry


def cams(model, layer, x, target):
    """The raw maps of one layer, from the peer's own get_cam_image."""
    for id, make in CAMS.items():
        with make(model=model, target_layers=[layer]) as cam:
            out = cam.activations_and_grads(x)
            model.zero_grad()
            out[0, target].backward()
            a = cam.activations_and_grads.activations[0].numpy()
            g = cam.activations_and_grads.gradients[0].numpy()
            yield id, a, cam.get_cam_image(x, layer, [ClassifierOutputTarget(target)], a, g, False)[0]


def gradients(model, x, target, noise):
    """The maps of the input: identifier, parameters, peer, map."""
    largest = lambda a: a.detach().abs()[0].amax(0).numpy()
    total = lambda a: a.detach()[0].sum(0).numpy()
    yield "saliency", {}, "Saliency", largest(Saliency(model).attribute(x, target=target))
    yield "saliency", {"channels": 2}, "Saliency", total(Saliency(model).attribute(x, target=target, abs=False))
    yield "inputxgradient", {}, "InputXGradient", total(InputXGradient(model).attribute(x, target=target))
    for i, rule in enumerate(RULES):
        steps = 50 if i == 0 else 12
        a = IntegratedGradients(model).attribute(x, target=target, n_steps=steps, method=rule)
        if rule == "riemann_trapezoid":
            # Captum's weights add up to (n-1)/n; ours to 1.
            a = a * steps / (steps - 1)
        yield "integratedgradients", {"rule": i, "steps": steps}, "IntegratedGradients", total(a)
    plain = torch.full_like(x, -1.5)
    a = IntegratedGradients(model).attribute(x, plain, target=target, n_steps=50, method="gausslegendre")
    yield "integratedgradients", {"baseline": 1}, "IntegratedGradients", total(a)
    if noise is None:
        return
    for id, kind in [("smoothgrad", "smoothgrad"), ("smoothgrad2", "smoothgrad_sq"), ("vargrad", "vargrad")]:
        tunnel = NoiseTunnel(Saliency(model))
        with mock.patch("torch.normal", lambda *_: noise):
            a = tunnel.attribute(x, nt_type=kind, nt_samples=NOISY, stdevs=0.3, target=target, abs=False)
        yield id, {"samples": NOISY}, "NoiseTunnel", largest(a)


def main():
    warnings.filterwarnings("ignore")
    torch.manual_seed(20)
    HERE.mkdir(exist_ok=True)
    store, nets = Store(), []
    for make in [resnet, mobilenet, vgg]:
        name = make.__name__
        model, layers = make()
        model.train()
        with torch.no_grad():
            for _ in range(30):  # batch norm gets its statistics
                model(pictures(16))
        model.eval()
        x = max(pictures(100).split(1), key=lambda x: margin(model, x))
        print(f"{name}: no kink nearer than {margin(model, x):.1e}")
        path = export(name, model, x)
        logits = model(x).detach().numpy()
        target = int(logits.argmax())
        noise = (0.3 * torch.randn(NOISY, 3, SIDE, SIDE)) if name == "resnet" else None
        net = {"name": name, "class": target, "input": store.add(x), "logits": store.add(logits), "maps": []}
        if noise is not None:
            net["noise"] = store.add(noise)
        for layer in layers:
            value = None
            for id, a, raw in cams(model, model.features[layer], x, target):
                value = value or value_of(path, x, a)
                net["maps"].append({"method": id, "layer": value, "peer": f"grad-cam {CAMS[id].__name__}", **store.add(raw)})
        for id, params, peer, raw in gradients(model, x, target, noise):
            net["maps"].append({"method": id, "params": params, "peer": f"captum {peer}", **store.add(raw)})
        nets.append(net)
    (HERE / "maps.bin").write_bytes(store.data)
    (HERE / "maps.json").write_text(json.dumps(nets, indent=1) + "\n")


if __name__ == "__main__":
    main()
