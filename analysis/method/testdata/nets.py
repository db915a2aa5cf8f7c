"""The small networks that the methods are compared on with other implementations, one module for every reference
script:

    import nets
    net = nets.load("vit")          # .model (PyTorch, eval), .x [1, 3, 48, 48], .target, .path (peers/vit.onnx), .layers
    nets.value_of(net.path, net.x, activation)   # the graph's name of an activation that a hook caught
    store = nets.Store(); store.add(array); store.write("NAME")   # peers/NAME.bin, and what lies where

`load` makes the same weights every time (seeded), takes the picture from peers/pictures.bin, and fails where
peers/NAME.onnx answers otherwise. `python3 nets.py [NAME ...]` writes network and picture anew; then every reference
script must run again. In Go, openPeer of analysis/engine/peers_test.go opens a network with its picture, its class and a
session; peersFile reads what Store.write wrote.

resnet, mobilenet, vgg: the styles of ResNet-18, MobileNet-V2 and VGG with batch norm; only vgg keeps its batch norms as
nodes, the other two have them folded into the convolutions. vit and swin are timm's own classes, small, with attention
written out (MatMul, Softmax, MatMul): ViT with a class token and 6 x 6 patches, Swin with windows of 3 x 3, shifted in
every second block, on 12 x 12 and then 6 x 6 tokens.
"""

import json
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import timm.layers
import torch
import torch.nn.functional as F
from timm.models.swin_transformer import SwinTransformer
from timm.models.vision_transformer import VisionTransformer
from torch import nn

HERE = Path(__file__).resolve().parent / "peers"
SIDE, CLASSES = 48, 10
NAMES = ["resnet", "mobilenet", "vgg", "vit", "swin"]


@dataclass
class Net:
    name: str
    model: nn.Module
    x: torch.Tensor
    target: int  # the most probable class
    layers: list  # modules of CNNs at which maps are compared
    path: Path


def conv(i, o, kernel=3, stride=1, groups=1):
    return [nn.Conv2d(i, o, kernel, stride, kernel // 2, groups=groups, bias=False), nn.BatchNorm2d(o)]


class Residual(nn.Module):
    """ResNet's basic block. Every ReLU is a module of its own: hooks of the peers ask for it."""

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


class Features(nn.Module):
    def __init__(self, features, head):
        super().__init__()
        self.features, self.head = nn.Sequential(*features), head

    def forward(self, x):
        return self.head(self.features(x))


def pooled(width):
    return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, CLASSES))


def resnet():
    f = [*conv(3, 8, 3, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1), Residual(8, 8, 1), Residual(8, 16, 1), Residual(16, 32, 2)]
    return Features(f, pooled(32)), [5, 6]


def mobilenet():
    f = [*conv(3, 8, 3, 2), nn.ReLU6(), Inverted(8, 8, 1), Inverted(8, 12, 2), Inverted(12, 12, 1), *conv(12, 40, 1), nn.ReLU6()]
    return Features(f, pooled(40)), [5, 8]


def vgg():
    f = []
    for i, o in [(3, 8), (8, 16), (16, 24)]:
        f += [*conv(i, o), nn.ReLU(), nn.MaxPool2d(2)]
    f += [*conv(24, 32), nn.ReLU()]
    head = nn.Sequential(nn.MaxPool2d(2), nn.Flatten(), nn.Linear(32 * 9, 32), nn.ReLU(), nn.Linear(32, CLASSES))
    return Features(f, head), [10, 14]


def vit():
    return VisionTransformer(
        img_size=SIDE, patch_size=8, embed_dim=32, depth=4, num_heads=4, mlp_ratio=2, num_classes=CLASSES
    ), []


def swin():
    return SwinTransformer(
        img_size=SIDE, patch_size=4, window_size=3, embed_dim=16, depths=(2, 2), num_heads=(2, 4), mlp_ratio=2,
        num_classes=CLASSES,
    ), []


def scatter(model):
    """Gives weights a spread that training would: the initial ones leave attention uniform and norms without effect."""
    for m in model.modules():
        if isinstance(m, (nn.LayerNorm, nn.BatchNorm2d)):
            nn.init.uniform_(m.weight, 0.6, 1.4)
            nn.init.normal_(m.bias, 0, 0.2)
        elif isinstance(m, nn.Linear):
            nn.init.normal_(m.weight, 0, 1.4 / m.in_features**0.5)
            if m.bias is not None:
                nn.init.normal_(m.bias, 0, 0.1)
    for name, p in model.named_parameters():
        if name.endswith(("pos_embed", "cls_token", "relative_position_bias_table")):
            nn.init.normal_(p, 0, 0.5)


def pictures(n):
    """Smooth random pictures, as photographs are smooth, with some noise."""
    x = F.interpolate(torch.randn(n, 3, 8, 8), SIDE, mode="bicubic", align_corners=False)
    return x + 0.2 * torch.randn(n, 3, SIDE, SIDE)


def path_points(x):
    """Points at which methods with a straight path ask for a gradient."""
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
    return min(nearest, default=float("inf"))


def build(name):
    """The network; the generator of random numbers is left where its picture is drawn."""
    warnings.filterwarnings("ignore")
    torch.manual_seed(20)
    timm.layers.set_fused_attn(False)
    model, layers = globals()[name]()
    scatter(model)
    model.train()
    with torch.no_grad():
        for _ in range(30):  # batch norm gets its statistics
            model(pictures(16))
    return model.eval(), [model.features[i] for i in layers]


def load(name):
    model, layers = build(name)
    index = json.loads((HERE / "pictures.json").read_text())[name]
    x = torch.from_numpy(read("pictures", index["input"]).copy())
    path = HERE / f"{name}.onnx"
    ours = onnxruntime.InferenceSession(path).run(None, {"input": x.numpy()})[0]
    assert np.allclose(ours, model(x).detach(), atol=1e-4), f"{path} is of other weights: run nets.py"
    return Net(name, model, x, index["class"], layers, path)


def read(name, entry):
    """An array that Store.write put into peers/NAME.bin."""
    values = np.fromfile(HERE / f"{name}.bin", "<f4", int(np.prod(entry["shape"])), offset=4 * entry["offset"])
    return values.reshape(entry["shape"])


def export(name, model, x):
    path = HERE / f"{name}.onnx"
    mode = torch.onnx.TrainingMode.PRESERVE if name == "vgg" else torch.onnx.TrainingMode.EVAL
    axes = {"input": {0: "batch"}, "logits": {0: "batch"}}
    torch.onnx.export(
        model, x, path, opset_version=17, dynamo=False, training=mode, input_names=["input"],
        output_names=["logits"], dynamic_axes=axes, do_constant_folding=name != "vgg",
    )
    file = onnx.load(path)
    if name in ["vit", "swin"]:
        share_constants(file.graph)
    for node in file.graph.node:
        node.doc_string = ""
    onnx.save(file, path)
    return path


def share_constants(graph):
    """Makes equal Constant nodes one initializer: the exporter writes hundreds of them."""
    seen, kept, renamed = {}, [], {}
    for node in graph.node:
        if node.op_type == "Constant" and node.attribute[0].name == "value":
            t = node.attribute[0].t
            t.name = ""
            key = t.SerializeToString()
            if key not in seen:
                seen[key] = f"c{len(seen)}"
                t.name = seen[key]
                graph.initializer.append(t)
            renamed[node.output[0]] = seen[key]
            continue
        for i, v in enumerate(node.input):
            node.input[i] = renamed.get(v, v)
        kept.append(node)
    del graph.node[:]
    graph.node.extend(kept)


def value_of(path, x, activation):
    """Finds the graph's value that is the activation: the last, where later ones only rename it."""
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
    """Arrays of float32, one after another in a file, and where each lies."""

    def __init__(self):
        self.data, self.at = bytearray(), 0

    def add(self, array):
        array = np.ascontiguousarray(array, dtype="<f4")
        entry = {"offset": self.at, "shape": list(array.shape)}
        self.data += array.tobytes()
        self.at += array.size
        return entry

    def write(self, name, index):
        (HERE / f"{name}.bin").write_bytes(self.data)
        (HERE / f"{name}.json").write_text(json.dumps(index, indent=1) + "\n")


def main(names):
    HERE.mkdir(exist_ok=True)
    store, index = Store(), {}
    for name in NAMES:
        model, _ = build(name)
        if name in names:
            candidates = pictures(40).split(1)
            # Of some pictures, the one whose paths stay furthest from a kink.
            x = max(candidates, key=lambda x: margin(model, x)) if name not in ["vit", "swin"] else candidates[0]
            path = export(name, model, x)
            print(f"{name}: {path.stat().st_size / 1024:.0f} KB, no kink nearer than {margin(model, x):.1e}")
        else:
            old = json.loads((HERE / "pictures.json").read_text())[name]
            x = torch.from_numpy(read("pictures", old["input"]).copy())
        logits = model(x).detach()
        index[name] = {"class": int(logits.argmax()), "input": store.add(x), "logits": store.add(logits)}
    store.write("pictures", index)
    for name in NAMES:
        load(name)


if __name__ == "__main__":
    main(sys.argv[1:] or NAMES)
