"""Makes small networks twice: plainly exported, and as ONNX Runtime's
optimisers write them, with fused operators. The tests compare gradients.

    python fused.py FOLDER

onnxruntime 1.32.0, torch 2.15.0, timm 1.0.31, onnx 1.23.2. Weights are drawn
with a fixed seed.
"""

import pathlib
import sys

import onnx
import onnxruntime
import timm.layers
import timm.models
import torch
from onnxruntime.transformers import optimizer
from onnxruntime.transformers.fusion_options import FusionOptions


class Residual(torch.nn.Module):
    """Convolutions with a sum and clipped, leaky and plain activations."""

    def __init__(self):
        super().__init__()
        conv = torch.nn.Conv2d
        self.stem, self.a, self.b, self.c = conv(3, 8, 3, 2, 1), conv(8, 8, 3, 1, 1), conv(8, 8, 3, 1, 1, groups=8), conv(8, 8, 1)
        self.head = torch.nn.Linear(8, 10)

    def forward(self, x):
        x = torch.relu(self.stem(x))
        x = torch.relu(x + self.b(torch.nn.functional.hardtanh(self.a(x), 0, 6)))
        x = torch.nn.functional.leaky_relu(self.c(x), 0.1)
        return self.head(x.mean((2, 3)))


class QuickGELU(torch.nn.Module):
    def forward(self, x):
        return x * torch.sigmoid(1.702 * x)


def vit(act):
    return timm.models.VisionTransformer(
        img_size=32, patch_size=8, embed_dim=16, depth=2, num_heads=4, mlp_ratio=2, num_classes=10, act_layer=act
    )


class Block(torch.nn.Module):
    """Post-norm attention written as Hugging Face's BERT and ViT do."""

    def __init__(self, width=16, heads=4):
        super().__init__()
        linear = torch.nn.Linear
        self.heads = heads
        self.query, self.key, self.value, self.out = (linear(width, width) for _ in range(4))
        self.norm, self.last = torch.nn.LayerNorm(width), torch.nn.LayerNorm(width)
        self.up, self.down = linear(width, 2 * width), linear(2 * width, width)

    def split(self, x):
        return x.view(x.shape[0], x.shape[1], self.heads, -1).permute(0, 2, 1, 3)

    def forward(self, x):
        q, k, v = self.split(self.query(x)), self.split(self.key(x)), self.split(self.value(x))
        scores = torch.matmul(q, k.transpose(-1, -2)) / 2.0
        y = torch.matmul(torch.softmax(scores, -1), v).permute(0, 2, 1, 3).contiguous()
        x = self.norm(self.out(y.view(x.shape[0], x.shape[1], -1)) + x)
        return self.last(self.down(torch.nn.functional.gelu(self.up(x))) + x)


class Tokens(torch.nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.embed = torch.nn.Conv2d(3, width, 8, 8)
        self.norm = torch.nn.LayerNorm(width)
        self.blocks = torch.nn.ModuleList(Block(width) for _ in range(2))
        self.head = torch.nn.Linear(width, 10)

    def forward(self, x):
        x = self.norm(self.embed(x).flatten(2).transpose(1, 2))
        for b in self.blocks:
            x = b(x)
        return self.head(x.mean(1))


def export(model, path, size, opset):
    torch.onnx.export(
        model, (torch.randn(2, 3, size, size),), str(path), opset_version=opset, dynamo=False,
        input_names=["x"], output_names=["y"], dynamic_axes={"x": {0: "N"}, "y": {0: "N"}},
    )


def transformer(plain, fused, kind):
    options = FusionOptions(kind)
    options.use_multi_head_attention = kind == "vit"
    m = optimizer.optimize_model(str(plain), kind, num_heads=4, hidden_size=16, optimization_options=options, opt_level=1)
    m.save_model_to_file(str(fused))


def general(plain, fused):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(fused)
    onnxruntime.InferenceSession(str(plain), options, providers=["CPUExecutionProvider"])


def main(folder):
    timm.layers.set_fused_attn(False)
    folder.mkdir(parents=True, exist_ok=True)
    for name, make, fuse in (
        ("residual", Residual, general),
        ("vit", lambda: vit(torch.nn.GELU), lambda p, f: transformer(p, f, "vit")),
        ("tokens", Tokens, lambda p, f: transformer(p, f, "bert")),
        ("tokens-heads", Tokens, lambda p, f: transformer(p, f, "vit")),
        ("vit-extended", lambda: vit(QuickGELU), general),
        ("vit-bert", lambda: vit(lambda: torch.nn.GELU("tanh")), lambda p, f: transformer(p, f, "bert")),
    ):
        torch.manual_seed(3)
        model = make().eval()
        for p in model.parameters():
            if p.dim() < 2:
                torch.nn.init.normal_(p, 0.5, 0.3)
        plain, fused = folder / f"{name}.onnx", folder / f"{name}.fused.onnx"
        export(model, plain, 32, 17)
        fuse(plain, fused)
        count = {}
        for n in onnx.load(fused).graph.node:
            if n.domain or n.op_type.startswith(("Fused", "Skip")):
                count[n.op_type] = count.get(n.op_type, 0) + 1
        print(name, plain.stat().st_size, fused.stat().st_size, count)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
