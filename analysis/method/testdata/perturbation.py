"""Computes what other implementations make of changed pictures, for the methods that need only forward passes.

    pip install -r analysis/method/testdata/requirements.txt
    python3 analysis/method/testdata/perturbation.py

LIME, SHAP, Captum and pytorch-grad-cam run themselves, on the networks of nets.py. Where they draw at random they are
handed the masks of the Go code, drawn here by the same generator (PCG-DXSM, as Go's math/rand/v2). RISE, Recipro-CAM and
AISE have no package that can be handed them: the authors' formulas stand here, on scikit-image and scipy. Xplique's
estimators are taken from the package where it is installed (pip install xplique==2.0.2 tensorflow-cpu), else from
the formulas in its sources, which its estimators agree with to 1e-7. Written into peers/: perturbation.json and perturbation.bin.
"""

import math
import os
import warnings

import nets
import numpy as np
import shap
import torch
from captum.attr import Occlusion
from lime.lime_image import LimeImageExplainer
from pytorch_grad_cam import AblationCAM, ScoreCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from scipy.optimize import Bounds, direct
from skimage.transform import resize

SEED = 11
M64, M128 = (1 << 64) - 1, (1 << 128) - 1


class Draws:
    """Go's rand.New(rand.NewPCG(seed, (i+1) * 0x9e3779b97f4a7c15)): the source of sample i."""

    def __init__(self, seed, i):
        self.state = (seed << 64) | ((i + 1) * 0x9E3779B97F4A7C15 & M64)

    def bits(self):
        mul, inc = (2549297995355413924 << 64) | 4865540595714422341, (6364136223846793005 << 64) | 1442695040888963407
        self.state = (self.state * mul + inc) & M128
        hi, lo = self.state >> 64, self.state & M64
        hi ^= hi >> 32
        hi = hi * 0xDA942042E4DD58B5 & M64
        hi ^= hi >> 48
        return hi * (lo | 1) & M64

    def uniform(self):
        return (self.bits() & (1 << 53) - 1) / (1 << 53)

    def coins(self, n):
        out, word = [], 0
        for k in range(n):
            if k % 64 == 0:
                word = self.bits()
            out.append(word >> (k % 64) & 1)
        return out


def cells(n, side):
    """The labels of a grid of n x n cells, as segment.Grid has them."""
    at = np.arange(side) * n // side
    return at[:, None] * n + at[None, :]


def scores(net):
    """The class's logit for pictures [N, 3, H, W]."""

    def of(x):
        with torch.no_grad():
            parts = torch.as_tensor(np.asarray(x), dtype=torch.float32).split(64)
            return torch.cat([net.model(p) for p in parts])[:, net.target].numpy().astype(np.float64)

    return of


def of_lime(net):
    """LIME on a grid of 6 x 6 segments, in the mean colour or at zero when off."""
    n, samples = 6, 300
    segments = cells(n, nets.SIDE)

    class Handed(np.random.RandomState):
        def randint(self, low, high=None, size=None, dtype=int):
            if size != samples * n * n:
                return 0
            return np.array([v for i in range(samples) for v in Draws(SEED, i).coins(n * n)])

    picture = net.x[0].permute(1, 2, 0).numpy().astype(np.float64)
    f = scores(net)
    explainer = LimeImageExplainer(random_state=Handed())
    for off, hide in [(0, None), (1, 0)]:
        e = explainer.explain_instance(
            picture, lambda b: np.stack([f(np.asarray(b).transpose(0, 3, 1, 2))] * 2, 1), labels=(0,), top_labels=None,
            hide_color=hide, num_samples=samples, segmentation_fn=lambda _: segments,
        )
        values = np.zeros(n * n)
        for k, v in e.local_exp[0]:
            values[k] = v
        params = {"segmentation": 3, "segments": n * n, "samples": samples, "off": off}
        facts = {"r2": float(e.score), "intercept": float(e.intercept[0])}
        yield "lime", None, params, "lime LimeImageExplainer", values[segments], facts


def of_kernel_shap(net):
    """Every coalition of 9 segments: both are exact then."""
    segments = cells(3, nets.SIDE)
    x = net.x[0].numpy()
    f = scores(net)
    on = lambda z: f(np.stack([x * (np.asarray(r)[segments] > 0.5)[None] for r in z]))
    explainer = shap.KernelExplainer(on, np.zeros((1, 9)))
    values = explainer.shap_values(np.ones((1, 9)), nsamples=2**9 + 10, l1_reg=0, silent=True)[0]
    params = {"segmentation": 3, "segments": 9, "samples": 600, "off": 1}
    yield "kernelshap", None, params, "shap KernelExplainer", values[segments], {"off": float(explainer.expected_value)}


def of_partition_shap(net):
    picture = net.x[0].permute(1, 2, 0).numpy()
    f = scores(net)
    call = lambda b: f(np.asarray(b).transpose(0, 3, 1, 2))[:, None]
    for evaluations, side in [(60, 16), (300, 15)]:
        explainer = shap.PartitionExplainer(call, shap.maskers.Image(f"blur({side},{side})", picture.shape))
        values = explainer(picture[None], max_evals=evaluations, batch_size=10, silent=True).values[0, ..., 0]
        yield "partitionshap", None, {"samples": evaluations, "blur": side}, "shap PartitionExplainer", values.sum(-1), {}


def of_occlusion(net):
    for window, stride in [(8, 8), (12, 5)]:
        a = Occlusion(lambda x: net.model(x)).attribute(
            net.x, sliding_window_shapes=(3, window, window), strides=(3, stride, stride), baselines=0, target=net.target
        )
        yield "occlusion", None, {"window": window, "stride": stride}, "captum Occlusion", a[0, 0].detach().numpy(), {}


def of_rise(net):
    """The authors' program: grids, enlarged by skimage's resize, cropped at random."""
    s, n, p, side = 7, 400, 0.5, nets.SIDE
    cell = math.ceil(side / s)
    masks = []
    for i in range(n):
        d = Draws(SEED, i)
        grid = np.array([d.uniform() < p for _ in range(s * s)], np.float64).reshape(s, s)
        dx, dy = int(d.uniform() * cell), int(d.uniform() * cell)
        up = resize(grid, ((s + 1) * cell, (s + 1) * cell), order=1, mode="reflect", anti_aliasing=False)
        masks.append(up[dy : dy + side, dx : dx + side])
    masks = np.array(masks)
    y = scores(net)(net.x.numpy() * masks[:, None])
    yield "rise", None, {"samples": n, "cells": s, "open": p}, "the authors' program", np.tensordot(y, masks, 1) / n / p, {}


def nearest(cells, side):
    n = cells.shape[-1]
    at = np.arange(side) * n // side
    return cells[:, at][:, :, at]


def of_xplique(net):
    """Jansen's and the binary HSIC estimator of Xplique, on masks drawn here."""
    n, points, samples = 6, 24, 200
    f, x = scores(net), net.x.numpy()
    a, b = np.zeros((points, n * n), np.float32), np.zeros((points, n * n), np.float32)
    for j in range(points):
        d = Draws(SEED, j)
        a[j] = [d.uniform() for _ in range(n * n)]
        b[j] = [d.uniform() for _ in range(n * n)]
    c = np.repeat(a[None], n * n, 0)
    for i in range(n * n):
        c[i, :, i] = b[:, i]
    masks = np.concatenate([a, b, c.reshape(-1, n * n)]).reshape(-1, n, n)
    y = f(np.concatenate([x * nearest(part, nets.SIDE)[:, None] for part in np.array_split(masks, 20)]))
    binary = np.array([Draws(SEED, i).coins(n * n) for i in range(samples)], np.float32).reshape(-1, n, n)
    z = f(x * nearest(binary, nets.SIDE)[:, None])
    who, jansen, hsic = estimators()
    yield "sobol", None, {"grid": n, "design": points}, who, jansen(masks, y, points).reshape(n, n), {}
    # Xplique divides by n where we divide by n^2.
    yield "hsic", None, {"grid": n, "samples": samples}, who, hsic(binary, z, samples).reshape(n, n) / samples, {}


def estimators():
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    try:
        from xplique.attributions.global_sensitivity_analysis import BinaryEstimator, JansenEstimator
    except ImportError:
        return "the formulas of xplique 2.0.2", jansen_formula, hsic_formula
    wide = lambda m: m[..., None].astype(np.float32)
    return (
        "xplique",
        lambda m, y, n: np.array(JansenEstimator()(wide(m), y.astype(np.float32), n)),
        lambda m, y, n: np.array(BinaryEstimator()(wide(m), y.astype(np.float32), n)),
    )


def jansen_formula(masks, y, n):
    a, c = y[:n], y[2 * n :].reshape(-1, n)
    return ((a - c) ** 2).sum(1) / (2 * n * a.var(ddof=1))


def hsic_formula(masks, y, n):
    width = np.percentile(y, 50)
    L = np.exp(-((y[:, None] - y[None]) ** 2) / (2 * width**2))
    H = np.eye(n) - 1 / n
    out = []
    for z in masks.reshape(n, -1).T:
        K = 1 + 0.5 - (z[:, None] - z[None]) ** 2
        out.append(np.sum((H @ K @ H) * (H @ L @ H).T) / n)
    return np.array(out)


def of_aise(net):
    """AISE as OpenVINO XAI has it, with scipy's DIRECT."""
    n, side = 30, nets.SIDE
    f, x = scores(net), net.x.numpy()
    # OpenVINO XAI's names: its h grows along a row.
    h, w = np.meshgrid(np.linspace(0, 1, side), np.linspace(0, 1, side))
    total = np.zeros((side, side))
    for sigma in np.linspace(0.1, 0.25, 3):
        seen = []

        def loss(at):
            mask = np.exp(-((h - at[0]) ** 2 + (w - at[1]) ** 2) / (2 * sigma**2))
            mask /= mask.max()
            keep, drop = f(np.concatenate([x * mask, x * (1 - mask)]))
            seen.append((mask, keep - drop))
            return drop - keep

        direct(loss, Bounds([0, 0], [1, 1]), eps=0.1, maxfun=n, locally_biased=False)
        part = sum(m * v for m, v in seen[:n])
        total += part / part.max() if part.max() > 0 else part
    yield "aise", None, {"samples": n}, "OpenVINO XAI's formulas on scipy's direct", total / total.max(), {}


def of_layers(net):
    """pytorch-grad-cam's CAMs without gradients, raw, and Recipro-CAM by its formula."""
    to = [ClassifierOutputTarget(net.target)]
    for layer in net.layers:
        with torch.no_grad():
            grabbed = []
            hook = layer.register_forward_hook(lambda _m, _i, o: grabbed.append(o))
            net.model(net.x)
            hook.remove()
        A = grabbed[0]
        name = nets.value_of(net.path, net.x, A.numpy())
        cam = ScoreCAM(model=net.model, target_layers=[layer])
        yield "scorecam", name, {}, "grad-cam ScoreCAM", cam.get_cam_image(net.x, layer, to, A.numpy(), None, False)[0], {}
        cam = AblationCAM(model=net.model, target_layers=[layer], batch_size=8)
        # The hooks of its base class would keep the layer's output from being replaced.
        cam.activations_and_grads.release()
        raw = cam.get_cam_image(net.x, layer, to, A.numpy(), None, False)[0]
        yield "ablationcam", name, {"ablate": 1}, "grad-cam AblationCAM", raw, {}
        at = list(net.model.features).index(layer)
        rest = torch.nn.Sequential(*list(net.model.features)[at + 1 :], net.model.head)
        _, _, h, w = A.shape
        for kind, kernel in enumerate([[[1.0]], np.outer([0.25, 0.5, 0.25], [0.25, 0.5, 0.25])]):
            kernel = np.array(kernel)
            r = kernel.shape[0] // 2
            masks = np.zeros((h * w, h + 2 * r, w + 2 * r), np.float32)
            for i in range(h * w):
                y0, x0 = divmod(i, w)
                masks[i, y0 : y0 + 2 * r + 1, x0 : x0 + 2 * r + 1] = kernel
            masks = masks[:, r : r + h, r : r + w]
            with torch.no_grad():
                out = rest(A * torch.from_numpy(masks)[:, None])[:, net.target]
            yield "reciprocam", name, {"mask": kind}, "the paper's formula", out.numpy().reshape(h, w), {}


def of_vit(net):
    """ViT-ReciproCAM as OpenVINO XAI has it: tokens under a mask at the last block's input and behind its norm."""
    block = net.model.blocks[-1]
    grabbed = []
    hook = block.register_forward_pre_hook(lambda _m, i: grabbed.append(i[0]))
    with torch.no_grad():
        net.model(net.x)
        hook.remove()
        x = grabbed[0]
        normed = block.norm1(x)
        side = int((x.shape[1] - 1) ** 0.5)
        kernel = np.outer([0.25, 0.5, 0.25], [0.25, 0.5, 0.25])
        out = []
        for i in range(side * side):
            mask = np.zeros((side + 2, side + 2), np.float32)
            y0, x0 = divmod(i, side)
            mask[y0 : y0 + 3, x0 : x0 + 3] = kernel
            m = torch.tensor(np.concatenate([[1], mask[1:-1, 1:-1].ravel()]), dtype=torch.float32)[None, :, None]
            h = x * m + block.attn(normed * m)
            h = h + block.mlp(block.norm2(h))
            out.append(net.model.forward_head(net.model.norm(h))[0, net.target].item())
    name = nets.value_of(net.path, net.x, x.numpy())
    yield "vitreciprocam", name, {}, "OpenVINO XAI's formulas", np.array(out).reshape(side, side), {}


def main():
    warnings.filterwarnings("ignore")
    store, index = nets.Store(), []
    for name, makers in {
        "resnet": [of_lime, of_kernel_shap, of_partition_shap, of_occlusion, of_rise, of_xplique, of_aise, of_layers],
        "mobilenet": [of_layers, of_occlusion],
        "vit": [of_vit],
    }.items():
        net = nets.load(name)
        for make in makers:
            for method, layer, params, peer, values, facts in make(net):
                entry = {"net": name, "method": method, "params": params, "peer": peer, "facts": facts}
                if layer:
                    entry["layer"] = layer
                index.append(entry | store.add(values))
                print(f"{name} {method} {params}: {peer}, {values.min():.4g} to {values.max():.4g}")
    store.write("perturbation", index)


if __name__ == "__main__":
    main()
