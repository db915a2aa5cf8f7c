"""Computes the maps that the methods with rules of their own for the way back are held to.

    pip install -r analysis/method/testdata/requirements.txt
    pip install --no-deps lxt==2.1
    python3 analysis/method/testdata/composites.py

Guided backpropagation and Deconvnet are Captum's, and for ReLU6, which Captum leaves alone, Zennit's rules. LRP is Zennit's, in float64, with its canonizer for batch norms and its Sum module at the joins. DeepLIFT and
DeepLIFT-SHAP are Captum's. AttnLRP is built of the functions of lxt, its authors' package, put into the modules of
timm. Written into peers/ beside this file: composites.bin and composites.json, in the form of reference.py's maps.

What is changed in the peers, because it is a slip there or a choice that has nothing to do with the method:
- Captum's DeepLIFT leaves ReLU6 to the gradient; here it gets the rule of the other activations.
- Captum's max-pool rule undoes the pool by max_unpool2d, which keeps one of the values where windows overlap; here
  they are added up, as the attributions' sum needs. Windows of 2 x 2 and stride 2 are not touched by this.
- Captum's hooks of a ReLU right before a max pool see the gradient before the pool's rule has changed it, and the
  attributions then miss the sum (captum 0.9.0: -1.91 instead of -0.68 for ReLU, MaxPool2d, Linear); here a module that
  copies its input stands between them.
- Zennit's canonizer leaves a batch norm of mean 0 and variance 1 behind, with its epsilon: every layer is then scaled by
  1 / sqrt(1 + 1e-5), which the epsilon rule shows at a unit that is next to zero (1e-3 of the largest value of a map of
  MobileNet). Here that epsilon is zero, as merging means it.
- lxt stabilises z as z + epsilon, which can be zero; here as z + epsilon sign(z), as in the papers and in Zennit.
"""

import copy
from contextlib import contextmanager
from unittest import mock

import captum.attr._core.deep_lift as deep_lift
import lxt.explicit.functional as lf
import lxt.explicit.rules as lr
import nets
import torch
from captum.attr import Deconvolution, DeepLift, DeepLiftShap, GuidedBackprop
from timm.models.swin_transformer import SwinTransformerBlock, WindowAttention
from timm.models.vision_transformer import Attention, Block
from torch import nn
from torch.autograd import Function
from zennit import composites as zc
from zennit import rules as zr
from zennit.attribution import Gradient
from zennit.canonizers import SequentialMergeBatchNorm
from zennit.core import stabilize
from zennit.layer import Sum

LOW, HIGH = -2.5, 3.0  # the box of epsilon-gamma-box, the same in every channel
LRP = [  # in the order of the method's parameter
    ("epsilon-plus-flat", zc.EpsilonPlusFlat), ("epsilon-plus", zc.EpsilonPlus), ("epsilon", None),
    ("epsilon-alpha2-beta1", zc.EpsilonAlpha2Beta1), ("epsilon-alpha2-beta1-flat", zc.EpsilonAlpha2Beta1Flat),
    ("epsilon-gamma-box", zc.EpsilonGammaBox), ("epsilon-plus-wsquare", None),
]


def total(a):
    """One number a pixel: the sum over its channels."""
    return a.detach()[0].sum(0).numpy()


def joined(model):
    """Makes the residual joins modules, so that Zennit can give them a rule."""
    for m in model.modules():
        if isinstance(m, nets.Residual):
            m.join = Sum()
            m.forward = lambda x, m=m: m.act(m.join(torch.stack([m.body(x), m.short(x)], dim=-1)))
        elif isinstance(m, nets.Inverted) and m.joins:
            m.join = Sum()
            m.forward = lambda x, m=m: m.join(torch.stack([x, m.body(x)], dim=-1))
    return model


def zennit(net, composite, start=lambda out, one: one * out, canonizer=None):
    """What a composite of Zennit brings back to the input, in float64."""
    model = nets.load(net.name).model
    if canonizer:
        # In float32, as ONNX files and our rewriting of them have it.
        canonizer.apply(model)
        for m in model.modules():
            if isinstance(m, torch.nn.BatchNorm2d):
                m.eps = 0.0
    model, x = joined(model.double()), net.x.double()
    one = torch.nn.functional.one_hot(torch.tensor([net.target]), nets.CLASSES).double()
    with Gradient(model=model, composite=composite, attr_output=lambda out: start(out, one)) as attributor:
        return total(attributor(x)[1])


def lrp(net):
    for i, (name, make) in enumerate(LRP):
        args = {}
        if name == "epsilon-gamma-box":
            args |= {"low": torch.full_like(net.x[:, :, :1, :1], LOW).double(), "high": torch.full_like(net.x[:, :, :1, :1], HIGH).double()}
        if make is None:
            layers = {"epsilon": [(zc.Linear, zr.Epsilon())]}.get(name, [(zc.Convolution, zr.ZPlus()), (zc.Linear, zr.Epsilon())])
            args["layer_map"] = zc.layer_map_base() + layers
            make = zc.LayerMapComposite
            if name == "epsilon-plus-wsquare":
                make, args["first_map"] = zc.SpecialFirstLayerMapComposite, [(zc.Linear, zr.WSquare())]
        yield "lrp", {"composite": i}, f"zennit {name}", zennit(net, make(**args), canonizer=SequentialMergeBatchNorm())


def rectified(net):
    if net.name == "mobilenet":
        plain = lambda out, one: one
        for id, rule in [("guidedbackprop", zr.ReLUGuidedBackprop()), ("deconvnet", zr.ReLUDeconvNet())]:
            raw = zennit(net, zc.LayerMapComposite([(nn.ReLU6, rule)]), plain)
            yield id, {"channels": 2}, f"zennit {type(rule).__name__}", raw
        return
    yield "guidedbackprop", {"channels": 2}, "captum GuidedBackprop", total(GuidedBackprop(net.model).attribute(net.x, target=net.target))
    yield "deconvnet", {"channels": 2}, "captum Deconvolution", total(Deconvolution(net.model).attribute(net.x, target=net.target))


def unpool(values, indices, kernel, stride, padding, shape):
    """The adjoint of a max pool: values go back to where the maxima were, and add up there."""
    out = torch.zeros(shape, dtype=values.dtype).flatten(2)
    return out.scatter_add_(2, indices.flatten(2), values.flatten(2)).view(shape)


class Copy(nn.Module):
    def forward(self, x):
        return x * 1


def apart(model):
    """The model with a copy before each max pool."""
    for m in list(model.modules()):
        for name, child in list(m.named_children()):
            if isinstance(child, nn.MaxPool2d):
                setattr(m, name, nn.Sequential(Copy(), child))
    return model


def deeplift(net):
    model = apart(nets.load(net.name).model)
    pool = lambda *args, **kw: deep_lift.maxpool(args[0], torch.nn.functional.max_pool2d, unpool, *args[1:], **kw)
    rules = {nn.ReLU6: deep_lift.nonlinear, nn.MaxPool2d: pool}
    plain = torch.full_like(net.x, -1.5)
    with mock.patch.dict(deep_lift.SUPPORTED_NON_LINEAR, rules):
        for params, base in [({}, torch.zeros_like(net.x)), ({"baseline": 1}, plain)]:
            yield "deeplift", params, "captum DeepLift", total(DeepLift(model).attribute(net.x, base, target=net.target))
        # The method's plain baselines, where black and white are the same: zero, black, white, the mean colour.
        mean = net.x.mean((2, 3), keepdim=True).expand_as(net.x)
        bases = torch.cat([torch.zeros_like(net.x), plain, plain, mean])
        yield "deepliftshap", {}, "captum DeepLiftShap", total(DeepLiftShap(model).attribute(net.x, bases, target=net.target))


class Rule(Function):
    """A linear module whose backward pass is a rule of Zennit."""

    @staticmethod
    def forward(ctx, x, module, rule):
        ctx.module, ctx.rule, ctx.x = module, rule, x.detach()
        return type(module).forward(module, x)

    @staticmethod
    def backward(ctx, r):
        rule, plain = ctx.rule.copy(), copy.copy(ctx.module)
        del plain.__dict__["forward"]
        rule.stored_tensors["input"] = (ctx.x,)
        return rule.backward(plain, (ctx.x,), (r,))[0], None, None


def attention(m, x, mask, values):
    """timm's attention (of ViT, and of Swin's windows) with the rules of AttnLRP."""
    b, n, _ = x.shape
    q, k, v = m.qkv(x).reshape(b, n, 3, m.num_heads, -1).permute(2, 0, 3, 1, 4).unbind(0)
    a = lf.matmul(lf.mul2(q, m.scale), k.transpose(-2, -1), epsilon=1e-6)
    if isinstance(m, WindowAttention):
        a = lf.add2(a, m._get_rel_pos_bias().detach(), epsilon=1e-6)
        if mask is not None:
            windows = mask.shape[0]
            a = lf.add2(a.view(-1, windows, m.num_heads, n, n), mask.unsqueeze(1).unsqueeze(0), epsilon=1e-6).view(-1, m.num_heads, n, n)
    a = lf.softmax(a, -1)
    y = lr.epsilon_lrp(lambda v: a.detach() @ v, 1e-6, v) if values else lf.matmul(a, v, epsilon=1e-6)
    return m.proj(y.transpose(1, 2).reshape(b, n, -1))


@contextmanager
def attn_rules(model, gamma, convgamma, values):
    """Puts lxt's functions in the place of the modules' own."""
    signed = lambda z, epsilon=1e-6, inplace=False: stabilize(z, epsilon)
    for m in model.modules():
        if isinstance(m, (nn.Linear, nn.Conv2d)):
            g = gamma if isinstance(m, nn.Linear) else convgamma
            m.forward = lambda x, m=m, rule=zr.Gamma(g) if g else zr.Epsilon(): Rule.apply(x, m, rule)
        elif isinstance(m, nn.LayerNorm):
            m.forward = lambda x, m=m: lf.layer_norm(x, m.weight, m.bias, m.eps)
        elif isinstance(m, nn.GELU):
            m.forward = lambda x: lr.identity(nn.functional.gelu, x)
        elif isinstance(m, (Attention, WindowAttention)):
            m.forward = lambda x, mask=None, m=m: attention(m, x, mask, values)
        elif isinstance(m, Block):
            m.forward = lambda x, m=m: (lambda h: lf.add2(h, m.mlp(m.norm2(h)), epsilon=1e-6))(lf.add2(x, m.attn(m.norm1(x)), epsilon=1e-6))
        elif isinstance(m, SwinTransformerBlock):
            m.forward = lambda x, m=m: (lambda h: lf.add2(h, m.mlp(m.norm2(h)), epsilon=1e-6))(lf.add2(x, m._attn(m.norm1(x)), epsilon=1e-6))
    if hasattr(model, "pos_embed"):
        embed = model.pos_embed.detach()
        model._pos_embed = lambda x: lf.add2(torch.cat([model.cls_token.detach().expand(x.shape[0], -1, -1), x], 1), embed, epsilon=1e-6)
    else:
        # timm's head takes the mean of the tokens, which are still on their grid.
        mean = lambda x: lr.epsilon_lrp(lambda x: x.mean((1, 2)), 1e-6, x)
        model.head.global_pool.forward = mean
    with mock.patch.object(lf, "_stabilize", signed), mock.patch.object(lr, "_stabilize", signed):
        yield


def attnlrp(net):
    for attention, gamma, convgamma in [(0, 0, 0), (1, 0.05, 0.25)]:
        model, x = nets.load(net.name).model.double(), net.x.double().requires_grad_()
        for p in model.parameters():
            p.requires_grad_(False)
        plain = model(x)
        with attn_rules(model, gamma, convgamma, attention == 1):
            out = model(x)
            assert torch.allclose(out, plain), "the rules must not change what the model computes"
            out[0, net.target].backward(out[0, net.target].detach())
        yield "attnlrp", {"attention": attention, "gamma": gamma, "convgamma": convgamma}, "lxt", total(x.grad)


def main():
    store, index = nets.Store(), []
    for name in nets.NAMES:
        net, entry = nets.load(name), {"name": name, "maps": []}
        kinds = [attnlrp] if name in ["vit", "swin"] else [rectified, lrp, deeplift]
        for kind in kinds:
            for id, params, peer, raw in kind(net):
                print(name, id, params, peer, "sum", raw.sum(), "score", float(net.model(net.x)[0, net.target]))
                entry["maps"].append({"method": id, "params": params, "peer": peer, **store.add(raw)})
        index.append(entry)
    store.write("composites", index)


if __name__ == "__main__":
    main()
