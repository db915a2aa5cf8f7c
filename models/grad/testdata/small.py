"""Makes the small networks of the test suite: the building blocks of public architectures at toy widths, random weights.

    pip install torch==2.15.0 onnx==1.23.2 onnxscript==0.7.2
    python models/grad/testdata/small.py models/grad/testdata/small

For each: NAME.onnx, and NAME.json with what the test needs: the score, and for the input and some blocks the gradient of
the score by torch.autograd in float64, as base64 of little-endian float32. The input is not stored: element i is
sin(0.37 i) + 0.5 sin(0.0113 i + 1), a formula that Go repeats. Some files are exported with the batch fixed to 1, as most
files in the wild are; the rest leave it open.
"""

import base64
import copy
import json
import math
import pathlib
import sys

import onnx
import torch
from torch import nn

from architectures import Exposed, far, gradients, score, shake

F = nn.functional
SIZE = 24


def cbr(i, o, k=3, s=1, g=1, act=nn.ReLU):
    layers = [nn.Conv2d(i, o, k, s, k // 2, groups=g, bias=False), nn.BatchNorm2d(o)]
    return nn.Sequential(*layers, *([act()] if act else []))


class Residual(nn.Module):
    def __init__(self, inner, short=None, act=None):
        super().__init__()
        self.inner, self.short, self.act = inner, short or nn.Identity(), act or nn.Identity()

    def forward(self, x):
        return self.act(self.inner(x) + self.short(x))


class Squeeze(nn.Module):
    """Squeeze-and-excitation."""

    def __init__(self, c, r=4, gate=nn.Sigmoid):
        super().__init__()
        self.net = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(c, max(2, c // r), 1), nn.SiLU(), nn.Conv2d(max(2, c // r), c, 1), gate())

    def forward(self, x):
        return x * self.net(x)


class Head(nn.Module):
    def __init__(self, c, classes=10):
        super().__init__()
        self.fc = nn.Linear(c, classes)

    def forward(self, x):
        return self.fc(x.mean((2, 3)))


def resnet():
    basic = lambda i, o, s: Residual(nn.Sequential(cbr(i, o, 3, s), cbr(o, o, act=None)), cbr(i, o, 1, s, act=None) if i != o else None, nn.ReLU())
    return nn.Sequential(cbr(3, 8, 7, 2), nn.MaxPool2d(3, 2, 1), basic(8, 8, 1), basic(8, 12, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(12, 10)), [0, 2, 3]


def inverted(i, o, s, act, se=False):
    m = 3 * i
    inner = nn.Sequential(cbr(i, m, 1, act=act), cbr(m, m, 3, s, m, act), *([Squeeze(m, gate=nn.Hardsigmoid)] if se else []), cbr(m, o, 1, act=None))
    return Residual(inner) if s == 1 and i == o else inner


def mobilenet_v2():
    return nn.Sequential(cbr(3, 8, 3, 2, act=nn.ReLU6), inverted(8, 8, 1, nn.ReLU6), inverted(8, 12, 2, nn.ReLU6), Head(12)), [0, 1, 2]


def mobilenet_v3():
    return nn.Sequential(cbr(3, 8, 3, 2, act=nn.Hardswish), inverted(8, 8, 1, nn.ReLU, True), inverted(8, 12, 2, nn.Hardswish, True), Head(12)), [0, 1, 2]


def efficientnet():
    return nn.Sequential(cbr(3, 8, 3, 2, act=nn.SiLU), inverted(8, 8, 1, nn.SiLU, True), inverted(8, 12, 2, nn.SiLU, True), Head(12)), [0, 1, 2]


class Dense(nn.Module):
    def __init__(self, c, grow, n):
        super().__init__()
        self.layers = nn.ModuleList(nn.Sequential(nn.BatchNorm2d(c + grow * i), nn.ReLU(), nn.Conv2d(c + grow * i, grow, 3, 1, 1, bias=False)) for i in range(n))

    def forward(self, x):
        for layer in self.layers:
            x = torch.cat([x, layer(x)], 1)
        return x


def densenet():
    c = 8
    return nn.Sequential(cbr(3, c, 3, 2), Dense(c, 6, 3), nn.Sequential(nn.BatchNorm2d(26), nn.ReLU(), nn.Conv2d(26, 12, 1), nn.AvgPool2d(2)), Dense(12, 6, 2), Head(24)), [2, 3]


class Shuffle(nn.Module):
    def __init__(self, c):
        super().__init__()
        h = c // 2
        self.branch = nn.Sequential(cbr(h, h, 1), cbr(h, h, 3, 1, h, None), cbr(h, h, 1))

    def forward(self, x):
        a, b = x.chunk(2, 1)
        x = torch.cat([a, self.branch(b)], 1)
        n, c, h, w = x.shape
        return x.view(n, 2, c // 2, h, w).transpose(1, 2).reshape(n, c, h, w)


def shufflenet():
    return nn.Sequential(cbr(3, 16, 3, 2), Shuffle(16), nn.MaxPool2d(3, 2, 1), Shuffle(16), Head(16)), [1, 3]


class Channels(nn.Module):
    """Layer normalisation over channels, as ConvNeXt has it."""

    def __init__(self, c):
        super().__init__()
        self.norm = nn.LayerNorm(c)

    def forward(self, x):
        return self.norm(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class Next(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.dw, self.norm, self.a, self.b, self.gamma = nn.Conv2d(c, c, 7, 1, 3, groups=c), nn.LayerNorm(c), nn.Linear(c, 3 * c), nn.Linear(3 * c, c), nn.Parameter(0.5 * torch.ones(c))

    def forward(self, x):
        y = self.b(F.gelu(self.a(self.norm(self.dw(x).permute(0, 2, 3, 1)))))
        return x + (self.gamma * y).permute(0, 3, 1, 2)


class FlatHead(nn.Module):
    """Reshapes to the batch it was traced at, as some exporters write it."""

    def __init__(self, c):
        super().__init__()
        self.norm, self.fc = nn.LayerNorm(c), nn.Linear(c, 10)

    def forward(self, x):
        return self.fc(self.norm(F.adaptive_avg_pool2d(x, 1).reshape(x.shape[0], x.shape[1])))


def convnext():
    return nn.Sequential(nn.Sequential(nn.Conv2d(3, 12, 4, 4), Channels(12)), Next(12), nn.Sequential(Channels(12), nn.Conv2d(12, 16, 2, 2)), Next(16), FlatHead(16)), [0, 1, 2, 3]


class Attention(nn.Module):
    def __init__(self, c, heads=2, reduce=1):
        super().__init__()
        self.heads, self.q, self.kv, self.out = heads, nn.Linear(c, c), nn.Linear(c, 2 * c), nn.Linear(c, c)
        self.small = nn.Conv2d(c, c, reduce, reduce) if reduce > 1 else None

    def forward(self, x, bias=None):
        n, t, c = x.shape
        q = self.q(x).reshape(n, t, self.heads, c // self.heads).permute(0, 2, 1, 3)
        if self.small is not None:
            side = math.isqrt(t)
            x = self.small(x.transpose(1, 2).reshape(n, c, side, side)).flatten(2).transpose(1, 2)
        kv = self.kv(x).reshape(n, -1, 2, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        a = q @ kv[0].transpose(-2, -1) * (c // self.heads) ** -0.5
        if bias is not None:
            a = a + bias
        return self.out((a.softmax(-1) @ kv[1]).transpose(1, 2).reshape(n, t, c))


class Block(nn.Module):
    def __init__(self, c, reduce=1):
        super().__init__()
        self.n1, self.attn, self.n2 = nn.LayerNorm(c), Attention(c, 2, reduce), nn.LayerNorm(c)
        self.mlp = nn.Sequential(nn.Linear(c, 2 * c), nn.GELU(), nn.Linear(2 * c, c))

    def forward(self, x):
        x = x + self.attn(self.n1(x))
        return x + self.mlp(self.n2(x))


class Vit(nn.Module):
    def __init__(self, c=16, patch=6):
        super().__init__()
        tokens = (SIZE // patch) ** 2
        self.patch, self.cls, self.pos = nn.Conv2d(3, c, patch, patch), nn.Parameter(torch.randn(1, 1, c)), nn.Parameter(torch.randn(1, tokens + 1, c))
        self.blocks, self.norm, self.head = nn.Sequential(Block(c), Block(c)), nn.LayerNorm(c), nn.Linear(c, 10)

    def forward(self, x):
        x = self.patch(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls.expand(x.shape[0], -1, -1), x], 1) + self.pos
        return self.head(self.norm(self.blocks(x))[:, 0])


def vit():
    return Vit(), ["blocks.0", "blocks.1"]


class Window(nn.Module):
    """Attention in shifted windows, with the mask and the position bias of Swin."""

    def __init__(self, c, side, window, shift):
        super().__init__()
        self.window, self.shift, self.norm, self.attn = window, shift, nn.LayerNorm(c), Attention(c)
        self.bias = nn.Parameter(torch.randn(2, window**2, window**2))
        region = torch.zeros(side, side)
        if shift:
            region[-shift:] += 1
            region[:, -shift:] += 2
        r = region.view(side // window, window, side // window, window).transpose(1, 2).reshape(-1, window**2)
        self.register_buffer("mask", torch.where(r[:, None] == r[:, :, None], 0.0, -100.0))

    def forward(self, x):
        n, h, w, c = x.shape
        k = self.window
        y = torch.roll(self.norm(x), (-self.shift, -self.shift), (1, 2)) if self.shift else self.norm(x)
        y = y.view(n, h // k, k, w // k, k, c).transpose(2, 3).reshape(-1, k * k, c)
        y = self.attn(y, (self.bias[None, None] + self.mask[None, :, None]).expand(n, -1, -1, -1, -1).reshape(-1, 2, k * k, k * k))
        y = y.view(n, h // k, w // k, k, k, c).transpose(2, 3).reshape(n, h, w, c)
        return x + (torch.roll(y, (self.shift, self.shift), (1, 2)) if self.shift else y)


class Swin(nn.Module):
    def __init__(self, c=12):
        super().__init__()
        self.patch, self.a, self.b = nn.Conv2d(3, c, 3, 3), Window(c, 8, 4, 0), Window(c, 8, 4, 2)
        self.merge, self.last, self.head = nn.Linear(4 * c, 16), Window(16, 4, 4, 0), nn.Linear(16, 10)

    def forward(self, x):
        x = self.b(self.a(self.patch(x).permute(0, 2, 3, 1)))
        x = torch.cat([x[:, 0::2, 0::2], x[:, 1::2, 0::2], x[:, 0::2, 1::2], x[:, 1::2, 1::2]], -1)
        return self.head(self.last(self.merge(x)).mean((1, 2)))


def swin():
    return Swin(), ["b", "merge", "last"]


class Pvt(nn.Module):
    def __init__(self, c=12):
        super().__init__()
        self.patch, self.block, self.down, self.last, self.head = nn.Conv2d(3, c, 7, 3, 3), Block(c, 2), nn.Conv2d(c, c, 3, 2, 1), Block(c), nn.Linear(c, 10)

    def forward(self, x):
        x = self.block(self.patch(x).flatten(2).transpose(1, 2))
        n, t, c = x.shape
        x = self.down(x.transpose(1, 2).reshape(n, c, math.isqrt(t), -1)).flatten(2).transpose(1, 2)
        return self.head(self.last(x).mean(1))


def pvt():
    return Pvt(), ["block", "down", "last"]


class Yolo(nn.Module):
    """Two scales, a top-down path, boxes as expectations over bins, beside class scores: [N, 4 + C, places]."""

    def __init__(self):
        super().__init__()
        c = lambda i, o, s=1: cbr(i, o, 3, s, act=nn.SiLU)
        self.stem, self.p3, self.p4, self.pool, self.up, self.join = c(3, 8, 2), c(8, 12, 2), c(12, 16, 2), nn.MaxPool2d(5, 1, 2), nn.Upsample(scale_factor=2), c(28, 12)
        self.box, self.cls = nn.ModuleList([nn.Conv2d(12, 16, 1), nn.Conv2d(32, 16, 1)]), nn.ModuleList([nn.Conv2d(12, 5, 1), nn.Conv2d(32, 5, 1)])

    def forward(self, x):
        a = self.p3(self.stem(x))
        b = self.p4(a)
        a, b = self.join(torch.cat([a, self.up(b)], 1)), torch.cat([b, self.pool(b)], 1)
        boxes = torch.cat([h(f).flatten(2) for h, f in zip(self.box, (a, b))], 2)
        boxes = (boxes.view(x.shape[0], 4, 4, -1).softmax(2) * torch.arange(4, dtype=x.dtype).view(1, 1, -1, 1)).sum(2)
        return torch.cat([boxes, torch.cat([h(f).flatten(2) for h, f in zip(self.cls, (a, b))], 2).sigmoid()], 1)


def yolo():
    return Yolo(), ["p3", "p4", "join"]


class Deeplab(nn.Module):
    """Dilated convolutions side by side, a pooled branch, and bilinear enlarging: [N, C, H, W]."""

    def __init__(self):
        super().__init__()
        self.stem, self.low = cbr(3, 8, 3, 2), cbr(8, 12, 3, 2)
        self.rates = nn.ModuleList(nn.Sequential(nn.Conv2d(12, 6, 3, 1, r, dilation=r, bias=False), nn.BatchNorm2d(6), nn.ReLU()) for r in (1, 2, 3))
        self.pooled = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(12, 6, 1), nn.ReLU())
        self.project, self.head = cbr(24, 10, 1), nn.Conv2d(18, 5, 1)

    def forward(self, x):
        s = self.stem(x)
        y = self.low(s)
        y = torch.cat([r(y) for r in self.rates] + [F.interpolate(self.pooled(y), size=y.shape[-2:], mode="bilinear", align_corners=False)], 1)
        y = F.interpolate(self.project(y), size=s.shape[-2:], mode="bilinear", align_corners=False)
        return F.interpolate(self.head(torch.cat([y, s], 1)), size=x.shape[-2:], mode="bilinear", align_corners=False)


def deeplab():
    return Deeplab(), ["stem", "low", "project"]


NETS = {f.__name__: f for f in (resnet, mobilenet_v2, mobilenet_v3, efficientnet, densenet, shufflenet, convnext, vit, swin, pvt, yolo, deeplab)}
# With the batch fixed to 1, as torch.onnx.export does unless it is told otherwise.
FIXED = ("mobilenet_v2", "convnext", "vit", "swin", "yolo", "deeplab")


def main(out):
    total = 0
    for name, make in NETS.items():
        torch.manual_seed(4)
        model, names = make()
        names = [str(n) for n in names]
        model.eval()
        shake(model)
        with torch.no_grad():
            model(torch.randn(8, 3, SIZE, SIZE))
        model.eval().requires_grad_(False)
        i = torch.arange(3 * SIZE * SIZE, dtype=torch.float64)
        x = (torch.sin(0.37 * i) + 0.5 * torch.sin(0.0113 * i + 1)).view(1, 3, SIZE, SIZE).float()
        wide = copy.deepcopy(model).double()
        y = wide(x.double())
        at = (1, 6 if name == "yolo" else 2)
        _, exact = gradients(wide, x.double(), at, names)
        _, single = gradients(model, x, at, names)
        torch32 = max(far(a, b) for a, b in zip(single, exact))
        outputs = ["logits"] + [f"block{i}" for i in range(len(names))]
        free = {} if name in FIXED else {o: {0: "N"} for o in ["image"] + outputs}
        path = out / f"{name}.onnx"
        torch.onnx.export(Exposed(model, names), (x,), str(path), opset_version=17, dynamo=False, input_names=["image"], output_names=outputs, dynamic_axes=free)
        m = onnx.load(str(path))
        for n in m.graph.node:  # where in the Python source a node came from is of no use here
            n.doc_string = ""
        del m.graph.value_info[:]
        onnx.save(m, str(path))
        values = [{"name": n, "shape": list(g.shape), "gradient": base64.b64encode(g.contiguous().numpy().astype("<f4").tobytes()).decode()} for n, g in zip(["image"] + outputs[1:], exact)]
        data = json.dumps({"size": SIZE, "axis": at[0], "index": at[1], "score": float(score(y, at)), "torch32": torch32, "fixed": name in FIXED, "values": values})
        (out / f"{name}.json").write_text(data)
        bytes_ = path.stat().st_size + len(data)
        total += bytes_
        print(f"{name}: {bytes_ // 1024} KB ({len(data) // 1024} of gradients), float32 differs by {torch32:.1e}", flush=True)
    print(total // 1024, "KB")


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    main(folder)
