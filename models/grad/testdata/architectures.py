"""Exports public architectures with random weights to ONNX, with PyTorch's own gradients beside them.

    pip install torch==2.15.0 torchvision==0.29.2 timm==1.0.31 transformers==5.23.0 onnx==1.23.2 onnxscript==0.7.2
    python models/grad/testdata/architectures.py OUT [NAME ...]
    SEEWHY_ARCHITECTURES=OUT go test -v -run TestArchitectures ./models/grad

NAME is a network of torchvision, "timm:NAME", or "own:NAME" (a network written below); "+dynamo" behind it takes the
newer of PyTorch's two exporters. For each one OUT holds NAME.onnx, NAME.x (the input), NAME.g (the gradients of the
score with respect to the input and to the outputs of up to six blocks, one behind the other), all raw little-endian
float32, and NAME.json, which tells the rest. The score is the sum of the outputs at one index of one axis: a class's
logit, or for dense outputs the sum of a class's logits over all places.

The gradients are float64. "torch32" is how far PyTorch's own float32 gradient is from them, and "near" how far they
move themselves when the input moves by a few float32 roundings. Where an activation lies
within float32 rounding of its kink, one of the two falls on its other side and the gradients differ by per cents; so
twelve random inputs are drawn, and of the four at which activations keep farthest from their kinks the first is taken
at which PyTorch agrees with itself, or else the best.
"""

import copy
import json
import pathlib
import sys
import traceback

import torch
import torchvision
from torch import nn

TORCHVISION = """resnet18 resnext50_32x4d wide_resnet50_2 densenet121 vgg11_bn inception_v3 googlenet squeezenet1_1 mobilenet_v2
mobilenet_v3_small mobilenet_v3_large efficientnet_b0 efficientnet_v2_s regnet_y_400mf regnet_x_400mf convnext_tiny mnasnet1_0
shufflenet_v2_x1_0 alexnet swin_t swin_v2_t maxvit_t vit_b_32 fcn_resnet50 deeplabv3_mobilenet_v3_large
lraspp_mobilenet_v3_large"""
OWN = "own:yolo own:detr own:clip own:dinov2 own:segformer"
TIMM = """deit_tiny_patch16_224 vit_tiny_patch16_224 mobilevit_xxs pvt_v2_b0 beit_base_patch16_224 vit_small_patch14_dinov2
eva02_tiny_patch14_224 cait_xxs24_224 xcit_nano_12_p16_224 poolformer_s12 coatnet_nano_rw_224 nfnet_l0 resmlp_12_224
mixer_s32_224 edgenext_xx_small repvgg_a0 tiny_vit_5m_224 efficientvit_b0 efficientvit_m0 fastvit_t8 crossvit_9_240
twins_pcpvt_small twins_svt_small gcvit_xxtiny res2net50_14w_8s seresnet33ts inception_resnet_v2 xception41 levit_128s
efficientformer_l1 convnextv2_atto ghostnet_100 hrnet_w18_small dla34 tinynet_e mobilevitv2_050 pit_ti_224 coat_lite_tiny
rexnet_100 skresnet18 resnest14d convit_tiny convmixer_768_32 davit_tiny focalnet_tiny_srf hiera_tiny_224
hgnetv2_b0 mobilenetv4_conv_small mvitv2_tiny nextvit_small repvit_m0_9 starnet_s1 swiftformer_xs ese_vovnet19b_dw
cspresnet50 dpn48b mobileone_s0 gernet_s gmlp_s16_224 lcnet_050 fbnetc_100 semnasnet_075 selecsls42b caformer_s18
inception_v4 visformer_tiny regnetz_b16 efficientformerv2_s0 rdnet_tiny lambda_resnet26rpt_256 botnet26t_256 gcresnet33ts
eca_resnet33ts mambaout_femto nest_tiny tnt_s_legacy_patch16_224 sequencer2d_s tresnet_m nasnetalarge"""
DYNAMO = """resnet18 mobilenet_v3_small densenet121 convnext_tiny swin_t efficientnet_b0 shufflenet_v2_x1_0 regnet_y_400mf
deeplabv3_mobilenet_v3_large timm:vit_tiny_patch16_224 timm:beit_base_patch16_224 timm:pvt_v2_b0 timm:mobilevit_xxs timm:convnextv2_atto
timm:cait_xxs24_224 timm:volo_d1_224 timm:halonet26t own:yolo own:detr own:clip"""
NAMES = (TORCHVISION.split() + OWN.split() + ["timm:" + n for n in TIMM.split()] + [n + "+dynamo" for n in DYNAMO.split()])

# Deep and wide enough to hold every building block, small enough to be compared in seconds.
SMALLER = {"timm:beit_base_patch16_224": {"depth": 4}, "timm:vit_small_patch14_dinov2": {"depth": 6}}
# Modules whose output is not the whole of what goes on: an exporter cancels two transpositions, and one reader passes it by.
BYPASSED = {"timm:caformer_s18": "stem.norm"}
SIZES = {"alexnet": 224, "vgg11_bn": 224, "inception_v3": 139, "maxvit_t": 224, "timm:nasnetalarge": 96}


class Yolo(nn.Module):
    """A detector as Ultralytics export it: CSP blocks, SPPF, a top-down path, boxes as expectations over bins; [N, 4+C, places]."""

    def __init__(self, classes=12, bins=8):
        super().__init__()
        self.classes, self.bins = classes, bins

        def conv(i, o, k=3, s=1):
            return nn.Sequential(nn.Conv2d(i, o, k, s, k // 2, bias=False), nn.BatchNorm2d(o), nn.SiLU())

        class Csp(nn.Module):
            def __init__(self, i, o):
                super().__init__()
                self.first, self.a, self.b, self.last = conv(i, o, 1), conv(o // 2, o // 2), conv(o // 2, o // 2), conv(o * 3 // 2, o, 1)

            def forward(self, x):
                p, q = self.first(x).chunk(2, 1)
                return self.last(torch.cat([p, q, q + self.b(self.a(q))], 1))

        class Sppf(nn.Module):
            def __init__(self, c):
                super().__init__()
                self.first, self.last = conv(c, c // 2, 1), conv(c * 2, c, 1)
                self.pool = nn.MaxPool2d(5, 1, 2)

            def forward(self, x):
                x = [self.first(x)]
                for _ in range(3):
                    x.append(self.pool(x[-1]))
                return self.last(torch.cat(x, 1))

        self.stem = nn.Sequential(conv(3, 16, 3, 2), conv(16, 32, 3, 2))
        self.p3 = nn.Sequential(conv(32, 64, 3, 2), Csp(64, 64))
        self.p4 = nn.Sequential(conv(64, 96, 3, 2), Csp(96, 96), Sppf(96))
        self.up = nn.Upsample(scale_factor=2, mode="nearest")
        self.join = Csp(160, 64)
        self.box = nn.ModuleList(nn.Sequential(conv(c, 32), nn.Conv2d(32, 4 * bins, 1)) for c in (64, 96))
        self.cls = nn.ModuleList(nn.Sequential(conv(c, 32), nn.Conv2d(32, classes, 1)) for c in (64, 96))

    def forward(self, x):
        a = self.p3(self.stem(x))
        b = self.p4(a)
        a = self.join(torch.cat([a, self.up(b)], 1))
        boxes = torch.cat([h(f).flatten(2) for h, f in zip(self.box, (a, b))], 2)
        n, _, places = boxes.shape
        bins = torch.arange(self.bins, dtype=boxes.dtype)
        boxes = (boxes.view(n, 4, self.bins, places).softmax(2) * bins.view(1, 1, -1, 1)).sum(2)
        low, high = boxes.chunk(2, 1)
        boxes = torch.cat([(high - low) / 2, low + high], 1)
        scores = torch.cat([h(f).flatten(2) for h, f in zip(self.cls, (a, b))], 2)
        return torch.cat([boxes, scores.sigmoid()], 1)


class Detr(nn.Module):
    """Convolutional backbone, transformer encoder and decoder with learnt queries; [N, queries, classes + 1]."""

    def __init__(self, classes=12, width=64, queries=10):
        super().__init__()
        torch.backends.mha.set_fastpath_enabled(False)
        r = torchvision.models.resnet18(weights=None)
        self.backbone = nn.Sequential(r.conv1, r.bn1, r.relu, r.maxpool, r.layer1, r.layer2, r.layer3)
        self.project = nn.Conv2d(256, width, 1)
        self.row, self.col = nn.Parameter(torch.randn(20, width // 2)), nn.Parameter(torch.randn(20, width // 2))
        self.queries = nn.Parameter(torch.randn(1, queries, width))
        self.transformer = nn.Transformer(width, 4, 2, 2, 128, dropout=0.0, batch_first=True)
        self.classes = nn.Linear(width, classes + 1)

    def forward(self, x):
        f = self.project(self.backbone(x))
        n, _, h, w = f.shape
        place = torch.cat([self.col[:w].unsqueeze(0).repeat(h, 1, 1), self.row[:h].unsqueeze(1).repeat(1, w, 1)], -1).flatten(0, 1)
        return self.classes(self.transformer(f.flatten(2).transpose(1, 2) + place, self.queries.expand(n, -1, -1)))


def clip():
    from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

    c = CLIPVisionConfig(hidden_size=96, intermediate_size=384, projection_dim=64, num_hidden_layers=4, num_attention_heads=4, image_size=64, patch_size=16)
    c._attn_implementation = "eager"
    return Only(CLIPVisionModelWithProjection(c), "image_embeds"), 64


def dinov2():
    from transformers import Dinov2Config, Dinov2ForImageClassification

    c = Dinov2Config(hidden_size=96, num_hidden_layers=4, num_attention_heads=4, image_size=70, patch_size=14, num_labels=20, layerscale_value=0.5)
    c._attn_implementation = "eager"
    return Only(Dinov2ForImageClassification(c), "logits"), 70


def segformer():
    from transformers import SegformerConfig, SegformerForSemanticSegmentation

    return Only(SegformerForSemanticSegmentation(SegformerConfig(num_labels=12, hidden_sizes=[16, 32, 64, 96], decoder_hidden_size=64)), "logits"), 96


class Only(nn.Module):
    """One output of a model that returns several."""

    def __init__(self, model, output):
        super().__init__()
        self.model, self.output = model, output

    def forward(self, x):
        return self.model(x)[self.output]


def build(name):
    if name.startswith("own:"):
        return {"yolo": lambda: (Yolo(), 96), "detr": lambda: (Detr(), 96), "clip": clip, "dinov2": dinov2, "segformer": segformer}[name[4:]]()
    if name.startswith("timm:"):
        return timm_model(name)
    if name.split("_")[0] in ("fcn", "deeplabv3", "lraspp"):
        net = getattr(torchvision.models.segmentation, name)(weights=None, weights_backbone=None, num_classes=12)
        return Only(net, "out"), 64
    extra = {"aux_logits": False, "init_weights": True} if name in ("inception_v3", "googlenet") else {}
    if name == "vit_b_32":
        extra = {"image_size": 96}
        torch.backends.mha.set_fastpath_enabled(False)
    return getattr(torchvision.models, name)(weights=None, **extra), SIZES.get(name, 96 if name == "vit_b_32" else 64)


def timm_model(name):
    """At the smallest size that the network takes."""
    import timm

    own = timm.get_pretrained_cfg(name[5:]).input_size[-1]
    last = None
    for size in [SIZES[name]] if name in SIZES else [96, 112, 128, 160, own]:
        for extra in ({"img_size": size}, {}):
            try:
                model = timm.create_model(name[5:], pretrained=False, **extra, **SMALLER.get(name, {})).eval()
                with torch.no_grad():
                    model(torch.randn(2, 3, size, size))
                return model, size
            except Exception as e:
                last = e
    raise last


def shake(model):
    """Random weights where an initialisation would hide a part of the network: zeros, ones and layer scales."""
    with torch.no_grad():
        for p in model.parameters():
            if p.dim() < 2 or float(p.abs().max()) < 1e-3:
                p.add_(0.1 * torch.randn_like(p))
    for m in model.modules():
        if hasattr(m, "inplace"):
            m.inplace = False
        if isinstance(m, nn.modules.batchnorm._BatchNorm):
            m.reset_running_stats()
            m.momentum = None
            m.train()


def tensors(out):
    return [out] if isinstance(out, torch.Tensor) else []


class Watch:
    """Collects the outputs of modules that run once."""

    def __init__(self, model, names=None):
        self.values, self.calls = {}, {}
        self.hooks = [m.register_forward_hook(self.keep(n)) for n, m in model.named_modules() if n and (names is None or n in names)]

    def keep(self, name):
        def hook(_, __, out):
            self.calls[name] = self.calls.get(name, 0) + 1
            for t in tensors(out):
                if t.requires_grad:
                    t.retain_grad()
                self.values[name] = t

        return hook

    def close(self):
        for h in self.hooks:
            h.remove()


def blocks(model, x, at, most=6):
    """Names of up to six modules, evenly spread over those at which a gradient arrives and that stand for a block."""
    watch = Watch(model)
    score(model(x.requires_grad_(True)), at).backward()
    watch.close()
    composite = {n for n, m in model.named_modules() if next(m.children(), None) is not None}
    seen, good, small = set(), [], []
    for n, t in watch.values.items():
        parts = [p for p in n.split(".") if p not in ("model", "vision_model", "dinov2")]
        ok = watch.calls[n] == 1 and len(parts) <= 3 and "downsample" not in parts and t.dim() >= 3 and t.grad is not None
        if ok and float(t.grad.abs().max()) > 0 and id(t) not in seen:
            seen.add(id(t))
            (good if n in composite and (len(parts) <= 2 or parts[-1].isdigit()) else small).append(n)
    good = good if len(good) > 2 else small
    return list(dict.fromkeys(good[round(i * (len(good) - 1) / (most - 1))] for i in range(most)))


def score(y, at):
    axis, index = at
    return y.select(axis, index).sum()


def choose(y, skip=0):
    """The axis of the classes and the index that answers most strongly; a detector's first entries are coordinates."""
    axis = 1 if y.dim() in (2, 4) or y.shape[1] < y.shape[2] else 2
    rest = [i for i in range(y.dim()) if i != axis]
    total = y.sum(rest) if rest else y
    return axis, skip + int(total.flatten()[skip:].argmax())


def gradients(model, x, at, names):
    watch = Watch(model, set(names))
    hooks = [m.register_forward_hook(dense) for m in model.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    x = x.clone().requires_grad_(True)
    y = model(x)
    score(y, at).backward()
    watch.close()
    for h in hooks:
        h.remove()
    return y.detach(), [x.grad] + [watch.values[n].grad for n in names]


def dense(_, __, out):
    """PyTorch 2.15.0's batch norm on a CPU gives a wrong gradient where the one that arrives has strides such as
    (C, 1, WC, C) at batch 1, as behind flatten(2).transpose(1, 2): central differences of its own float64 forward
    disagree. It is right for a gradient that lies in order."""
    if out.requires_grad:
        out.register_hook(lambda g: g.contiguous())


KINKS = {nn.ReLU: (0,), nn.LeakyReLU: (0,), nn.PReLU: (0,), nn.ReLU6: (0, 6), nn.Hardswish: (-3, 3), nn.Hardsigmoid: (-3, 3)}


def margin(model, x):
    """How near an activation comes to its kink, over the spread of what it is applied to."""
    least = [1.0]

    def look(m, inputs):
        z = inputs[0]
        for k in KINKS[type(m)]:
            least.append(float((z - k).abs().min() / z.std().clamp_min(1e-30)))

    hooks = [m.register_forward_pre_hook(look) for m in model.modules() if type(m) in KINKS]
    with torch.no_grad():
        model(x)
    for h in hooks:
        h.remove()
    return min(least)


def near(model, x, at, names, exact):
    """How far the exact gradients move, at worst, when the input does by a float32 rounding's worth of a deep network."""
    worst = [0.0] * len(exact)
    for seed in range(4):
        step = 2e-6 * torch.randn(x.shape, generator=torch.Generator().manual_seed(seed)).double()
        _, moved = gradients(model, x + step, at, names)
        worst = [max(w, far(a, b)) for w, a, b in zip(worst, moved, exact)]
    return worst


class Exposed(nn.Module):
    """The network with the outputs of blocks beside its own."""

    def __init__(self, model, names):
        super().__init__()
        self.model, self.names = model, names

    def forward(self, x):
        watch = Watch(self.model, set(self.names))
        y = self.model(x)
        watch.close()
        return (y, *(watch.values[n] for n in self.names))


def far(a, b):
    return float((a.double() - b.double()).norm() / max(float(b.double().norm()), 1e-300))


def export(name, out):
    name, _, exporter = name.partition("+")
    torch.manual_seed(1)
    model, size = build(name)
    model.eval()
    shake(model)
    with torch.no_grad():  # statistics of batch norm as training leaves them
        model(torch.randn(8, 3, size, size))
    model.eval().requires_grad_(False)
    wide = copy.deepcopy(model).double()
    for m in wide.modules():  # a cache of position biases keeps what it held before
        if isinstance(getattr(m, "attention_bias_cache", None), dict):
            m.attention_bias_cache = {}
    for m in model.modules():
        if isinstance(getattr(m, "attention_bias_cache", None), dict):
            m.attention_bias_cache = {}
    tried = [torch.randn(1, 3, size, size, generator=torch.Generator().manual_seed(seed)) for seed in range(12)]
    tried.sort(key=lambda x: -margin(wide, x.double()))
    best = None
    for x in tried[:4]:
        at = choose(wide(x.double()).detach(), 4 if name == "own:yolo" else 0)
        names = [n for n in blocks(wide, x.double(), at) if n != BYPASSED.get(name)]
        y, exact = gradients(wide, x.double(), at, names)
        _, single = gradients(model, x, at, names)
        torch32 = [far(a, b) for a, b in zip(single, exact)]
        if best is None or max(torch32) < max(best[-1]):
            best = x, at, names, y, exact, torch32
        if max(torch32) < 2e-5:
            break
    x, at, names, y, exact, torch32 = best
    moved = near(wide, x.double(), at, names, exact)
    stem = name.replace(":", "_") + ("_" + exporter if exporter else "")
    outputs = ["logits"] + [f"block{i}" for i in range(len(names))]
    net = Exposed(model, names)
    with torch.no_grad():
        if exporter:
            torch.onnx.export(net, (x,), str(out / f"{stem}.onnx"), dynamo=True, opset_version=18, external_data=False, verbose=False,
                              input_names=["image"], output_names=outputs)
        else:
            torch.onnx.export(net, (x,), str(out / f"{stem}.onnx"), dynamo=False, opset_version=17, input_names=["image"],
                              output_names=outputs, dynamic_axes={o: {0: "N"} for o in ["image"] + outputs})
    x.numpy().astype("<f4").tofile(out / f"{stem}.x")
    with open(out / f"{stem}.g", "wb") as f:
        for g in exact:
            f.write(g.contiguous().numpy().astype("<f4").tobytes())
    (out / f"{stem}.json").write_text(json.dumps({
        "name": name, "exporter": exporter or "torchscript", "size": size, "axis": at[0], "index": at[1], "score": float(score(y, at)),
        "parameters": sum(p.numel() for p in model.parameters()), "fixed_batch": bool(exporter),
        "values": [{"name": n, "module": m, "shape": list(g.shape), "torch32": t, "near": k} for n, m, g, t, k in zip(["image"] + outputs[1:], ["input"] + names, exact, torch32, moved)],
    }, indent=1))


if __name__ == "__main__":
    out = pathlib.Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[2:] or NAMES:
        try:
            export(name, out)
            print(name, "exported", flush=True)
        except Exception as e:  # a name that cannot be exported is named, the rest goes on
            print(name, "FAILED:", type(e).__name__, str(e).strip().splitlines()[:1], flush=True)
            traceback.print_exc()
