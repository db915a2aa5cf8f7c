"""Computes the maps of transformers, and the views of a layer, that the methods are held to.

    pip install -r analysis/method/testdata/requirements.txt
    python3 analysis/method/testdata/transformers.py

CAMs come from pytorch-grad-cam with a reshape_transform, on the ViT and the Swin of nets.py. No package on PyPI holds
rollout, transformer attribution or LeGrad: they are written here with whole matrices, from the papers (and from the
code of vit-explain where its options are compared), on attention and its gradient caught by PyTorch. Deep Feature
Factorization is pytorch-grad-cam's, with scikit-learn's NMF started from NNDSVD in place of random numbers. Written
into peers/ beside this file: transformers.bin and transformers.json. Raw maps are stored, before ReLU and scaling.
"""

from unittest import mock

import nets
import numpy as np
import torch
from pytorch_grad_cam.feature_factorization import deep_feature_factorization
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from reference import CAMS
from sklearn.decomposition import NMF


def tokens_to_maps(t):
    """[N, 1 + 36, C] or [N, H, W, C] to [N, C, H, W]."""
    if t.ndim == 3:
        side = int(t.shape[1] ** 0.5)
        t = t[:, t.shape[1] - side * side :].reshape(t.shape[0], side, side, -1)
    return t.permute(0, 3, 1, 2)


def blocks_of(net):
    return list(net.model.blocks if net.name == "vit" else net.model.layers[1].blocks)


def cams(model, layer, x, target):
    for id, make in CAMS.items():
        with make(model=model, target_layers=[layer], reshape_transform=tokens_to_maps) as cam:
            out = cam.activations_and_grads(x)
            model.zero_grad()
            out[0, target].backward()
            a = cam.activations_and_grads.activations[0].numpy()
            g = cam.activations_and_grads.gradients[0].numpy()
            yield id, cam.get_cam_image(x, layer, [ClassifierOutputTarget(target)], a, g, False)[0]


def value_of(net, layer):
    """The graph's name of a module's output."""
    caught = []
    handle = layer.register_forward_hook(lambda _m, _i, out: caught.append(out.detach().numpy()))
    net.model(net.x)
    handle.remove()
    return nets.value_of(net.path, net.x, caught[0])


def attention(net):
    """Attention of each block, [heads, T, T] (windows first in Swin), and its gradient of the target's logit."""
    caught = []
    blocks = [m for m in net.model.modules() if hasattr(m, "attn_drop") and hasattr(m, "qkv")]

    def keep(_m, _i, out):
        out.retain_grad()
        caught.append(out)

    hooks = [b.attn_drop.register_forward_hook(keep) for b in blocks]
    net.model.zero_grad()
    net.model(net.x)[0, net.target].backward()
    for h in hooks:
        h.remove()
    return [a.detach() for a in caught], [a.grad for a in caught]


def rollout(layers):
    """Abnar and Zuidema, section 3: 0.5 A + 0.5 I, rows scaled, multiplied from the first layer on."""
    result = torch.eye(layers[0].shape[-1])
    for a in layers:
        a = 0.5 * a[0].mean(0) + 0.5 * torch.eye(a.shape[-1])
        result = (a / a.sum(-1, keepdim=True)) @ result
    return result[0, 1:]


def vit_explain(layers, fusion, discard):
    """vit_rollout.rollout of jacobgil/vit-explain, columns divided by the sums of rows as there."""
    result = torch.eye(layers[0].shape[-1])
    for a in layers:
        fused = {"max": a.max(1)[0], "min": a.min(1)[0], "mean": a.mean(1)}[fusion].clone()
        flat = fused.view(fused.size(0), -1)
        _, indices = flat.topk(int(flat.size(-1) * discard), -1, False)
        indices = indices[indices != 0]
        flat[0, indices] = 0
        a = (fused + 1.0 * torch.eye(fused.size(-1))) / 2
        a = a / a.sum(dim=-1)
        result = torch.matmul(a, result)
    return result[0, 0, 1:]


def attribution(layers, gradients):
    """Chefer et al. 2021, eq. 5 and 6."""
    r = torch.eye(layers[0].shape[-1])
    for a, g in zip(layers, gradients):
        r = r + (g * a)[0].clamp(min=0).mean(0) @ r
    return r[0, 1:]


def legrad(gradients):
    """Bousselham et al., eq. 4 to 6, with the score of the last layer."""
    return torch.stack([g[0].clamp(min=0).mean((0, 1))[1:] for g in gradients]).mean(0)


def legrad_layers(net):
    """The same with each layer's own score: its tokens through the model's last norm and head."""
    maps = []
    for depth in range(len(net.model.blocks)):
        whole = net.model.blocks
        net.model.blocks = whole[: depth + 1]
        _, g = attention(net)
        net.model.blocks = whole
        maps.append(g[depth][0].clamp(min=0).mean((0, 1))[1:])
    return torch.stack(maps).mean(0)


def swin_flow(net, matrices):
    """One matrix T x T a block, from matrices of windows [windows, ws*ws, ws*ws] of the last stage."""
    side, size = 6, 3
    out = []
    for block, m in zip(net.model.layers[-1].blocks, matrices):
        shift = block.shift_size[0]
        index = torch.arange(side * side).view(side, side).roll((-shift, -shift), (0, 1))
        index = index.view(side // size, size, side // size, size).permute(0, 2, 1, 3).reshape(-1, size * size)
        whole = torch.zeros(side * side, side * side)
        for w, cells in enumerate(index):
            whole[cells[:, None], cells] = m[w]
        out.append(whole)
    return out


def views(net, layer):
    """Concepts [k, H, W] with their patterns, the gradient's length, and the channels with what they add to the score."""
    caught = []

    def keep(_m, _i, out):
        out.retain_grad()
        caught.append(out)

    handle = layer.register_forward_hook(keep)
    net.model.zero_grad()
    net.model(net.x)[0, net.target].backward()
    handle.remove()
    fold = tokens_to_maps if caught[0].ndim == 3 or caught[0].shape[1] == caught[0].shape[2] else lambda t: t
    a, g = fold(caught[0].detach()), fold(caught[0].grad)
    start = lambda **given: NMF(**{**given, "init": "nndsvd", "random_state": None})
    with mock.patch.object(deep_feature_factorization, "NMF", start):
        concepts, maps = deep_feature_factorization.dff(a.numpy().astype("f8"), 5)
    return concepts, maps[0], float(g.norm()), a[0], (a * g)[0].sum((1, 2))


def main():
    store, index = nets.Store(), []
    for name in ["vit", "swin", "resnet"]:
        net = nets.load(name)
        entry = {"name": name, "maps": []}

        def add(method, peer, raw, **more):
            raw = np.asarray(raw, dtype="<f4")
            if raw.ndim == 1:
                raw = raw.reshape(2 * (int(raw.size**0.5),))
            entry["maps"].append({"method": method, "peer": peer, **more, **store.add(raw)})

        if name == "resnet":
            layers = [net.layers[-1]]
            entry["layer"] = nets.value_of(net.path, net.x, net.model.features(net.x).detach().numpy())
        else:
            blocks = blocks_of(net)
            layers = [blocks[-1].norm1, blocks[-2]] + ([] if name == "vit" else [net.model.layers[0].blocks[0]])
            entry["layer"] = value_of(net, layers[0])
        concepts, maps, norm, activation, adds = views(net, layers[0])
        best = int(adds.argmax())
        entry["norm"] = norm
        add("channel", "PyTorch", activation[best], layer=entry["layer"])
        add("channel", "PyTorch", activation[3], layer=entry["layer"], params={"channel": 4})
        order = np.argsort(-(concepts - activation.flatten(1).min(1)[0].numpy()[:, None]).sum(0) * maps.sum((1, 2)))
        for i, k in enumerate(order):
            add("dff", "grad-cam dff", maps[k], layer=entry["layer"], params={"concept": i + 1})
        if name == "resnet":
            said = net.model.head[2](torch.from_numpy(concepts.T.astype("f4")))[:, net.target].detach()
            entry["concepts"] = [float(said[k]) for k in order]
            index.append(entry)
            continue
        for layer in layers:
            value = value_of(net, layer)
            for id, raw in cams(net.model, layer, net.x, net.target):
                if id == "hirescam" and name == "vit" and layer is layers[1]:
                    # The norm behind it is blind to the size of its input: the sum over channels is zero.
                    assert np.abs(raw).max() < 1e-6
                    continue
                add(id, f"grad-cam {CAMS[id].__name__}", raw, layer=value)
        a, g = attention(net)
        if name == "vit":
            add("rollout", "the paper", rollout(a))
            for i, fusion in enumerate(["mean", "max", "min"]):
                add("rollout", "vit-explain", vit_explain(a, fusion, 0.5), params={"heads": i, "discard": 0.5, "convention": 1})
            add("transformerattribution", "the paper", attribution(a, g))
            add("legrad", "the paper, one score", legrad(g))
            add("legrad", "the paper", legrad_layers(net), params={"scores": 1})
            add("attention", "the paper", a[-1][0].mean(0)[0, 1:])
            add("attention", "the paper", a[0][0, 2, 0, 1:], params={"back": 3, "head": 3})
        else:
            last = a[2:], g[2:]
            flows = swin_flow(net, [m.mean(1) for m in last[0]])
            result = torch.eye(36)
            for m in flows:
                result = (0.5 * m + 0.5 * torch.eye(36)) @ result
            add("rollout", "the paper", result.mean(0))
            flows = swin_flow(net, [(m * d).clamp(min=0).mean(1) for m, d in zip(*last)])
            r = torch.eye(36)
            for m in flows:
                r = r + m @ r
            add("transformerattribution", "the paper", (r - torch.eye(36)).mean(0))
            flows = swin_flow(net, [d.clamp(min=0).mean(1) for d in last[1]])
            add("legrad", "the paper, one score", torch.stack(flows).sum(1).mean(0) / 9)
            add("attention", "the paper", swin_flow(net, [m.mean(1) for m in last[0]])[1].sum(0) / 9)
        index.append(entry)
    store.write("transformers", index)


if __name__ == "__main__":
    main()
