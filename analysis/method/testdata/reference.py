"""Computes the maps of pytorch-grad-cam, Captum, torch-cam and PAIR's saliency that the methods are held to.

    pip install -r analysis/method/testdata/requirements.txt
    python3 analysis/method/testdata/reference.py

The peers explain the networks of nets.py in PyTorch. Written into peers/ beside this file: maps.bin (float32,
little-endian, one array after another) and maps.json (what each array is). Maps are stored raw, before ReLU and
scaling, unless the parameter "convention" asks for what the peer itself returns in the end.
"""

from unittest import mock

import nets
import numpy as np
import saliency.core as pair
import torch
import torchcam.methods as torchcam
from captum.attr import (
    GuidedGradCam,
    InputXGradient,
    IntegratedGradients,
    InternalInfluence,
    LayerConductance,
    LayerGradCam,
    NoiseTunnel,
    Saliency,
)
from pytorch_grad_cam import (
    FEM,
    EigenCAM,
    EigenGradCAM,
    FullGrad,
    GradCAM,
    GradCAMElementWise,
    GradCAMPlusPlus,
    HiResCAM,
    KPCA_CAM,
    LayerCAM,
    SegEigenCAM,
    ShapleyCAM,
    XGradCAM,
)
from pytorch_grad_cam.refine_cam import RefineCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget, ClassifierOutputSoftmaxTarget
from skimage.morphology import dilation, disk
from skimage.segmentation import felzenszwalb

NOISY = 6  # samples of the methods with noise
CAMS = {  # our identifier: the peer's class
    "gradcam": GradCAM, "gradcam++": GradCAMPlusPlus, "xgradcam": XGradCAM, "hirescam": HiResCAM,
    "elementwisecam": GradCAMElementWise, "layercam": LayerCAM, "eigencam": EigenCAM, "eigengradcam": EigenGradCAM,
    "segeigencam": SegEigenCAM, "fem": FEM, "kpcacam": KPCA_CAM,
}
PYTORCH_GRAD_CAM, PAPER = 1, 0  # choices of our parameter "convention"
RULES = ["gausslegendre", "riemann_left", "riemann_right", "riemann_middle", "riemann_trapezoid"]  # in our order


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


def smooth_and_joined(model, layers, x, target):
    """Parameters and maps of pytorch-grad-cam's options, and of several layers, as it returns them in the end: every
    entry is an identifier, the layers, parameters, the explained value, the peer and the map."""
    one, both, to = layers[-1:], layers, [ClassifierOutputTarget(target)]
    pgc = {"convention": PYTORCH_GRAD_CAM}

    def call(make, at, **options):
        with make(model=model, target_layers=at) as cam:
            return cam(x, to, **options)[0]

    yield "gradcam", one, pgc, None, "grad-cam", call(GradCAM, one)
    yield "gradcam", both, pgc, None, "grad-cam, two layers", call(GradCAM, both)
    yield "gradcam++", both, pgc, None, "grad-cam, two layers", call(GradCAMPlusPlus, both)
    yield "layercam", one, pgc | {"aug_smooth": 1}, None, "grad-cam, aug_smooth", call(LayerCAM, one, aug_smooth=True)
    yield "refinecam", both, {}, None, "grad-cam RefineCAM", RefineCAM(model, both)(x, to)[0]
    yield "refinecam", both, {"base": 1}, None, "grad-cam RefineCAM", RefineCAM(model, both, base_method=GradCAM)(x, to)[0]
    yield "fullgrad", [], pgc, None, "grad-cam FullGrad", call(FullGrad, [])


def main_patterns(model, layer, x, target):
    """eigen_smooth, raw."""
    for id, make in [("gradcam", GradCAM), ("hirescam", HiResCAM), ("layercam", LayerCAM), ("elementwisecam", GradCAMElementWise)]:
        with make(model=model, target_layers=[layer]) as cam:
            out = cam.activations_and_grads(x)
            model.zero_grad()
            out[0, target].backward()
            a, g = (t[0].numpy() for t in [cam.activations_and_grads.activations, cam.activations_and_grads.gradients])
            yield id, [layer], {"eigen_smooth": 1}, None, "grad-cam, eigen_smooth", cam.get_cam_image(x, layer, [ClassifierOutputTarget(target)], a, g, True)[0]


def shapley(model, layer, x, target, score, fold=None):
    """Raw. For CNNs of the probability: their logits are linear behind the layers, up to the kinks."""
    cam = ShapleyCAM(model=model, target_layers=[layer], reshape_transform=fold)
    raw = []

    def keep(x, layer, targets, a, g, _):
        # The peer's own adds up the channels of tokens that are not folded yet, and fails.
        w = cam.get_cam_weights(x, layer, targets, a, g)
        raw.append((w[:, :, None, None] * (fold(a) if fold else a).detach().numpy()).sum(1))
        return raw[0]

    cam.get_cam_image = keep
    cam(x.clone().requires_grad_(True), [(ClassifierOutputSoftmaxTarget if score else ClassifierOutputTarget)(target)])
    yield "shapleycam", [layer], {}, score, "grad-cam ShapleyCAM", raw[0][0]


def of_torchcam(model, layers, x, target, noise):
    """torch-cam's maps of one layer, and of two, fused."""
    for id, make, choice in [
        ("gradcam", torchcam.GradCAM, 3), ("gradcam++", torchcam.GradCAMpp, 2), ("xgradcam", torchcam.XGradCAM, 2),
        ("layercam", torchcam.LayerCAM, 2),
    ]:
        for at in [layers[-1:], layers]:
            with make(model, at) as cam:
                maps = cam(target, model(x))
                yield id, at, {"convention": choice}, None, f"torch-cam, {len(at)} layers", cam.fuse_cams(maps)[0].detach().numpy()
    if noise is None:
        return
    with torchcam.SmoothGradCAMpp(model, layers[-1:], num_samples=NOISY) as cam:
        model(x)
        samples = iter(noise)
        cam._distrib.sample = lambda _: next(samples)[None]
        yield "smoothgradcam++", layers[-1:], {"convention": 1, "samples": NOISY}, None, "torch-cam", cam(target)[0][0].detach().numpy()


def of_captum_layers(model, layers, x, target):
    flat, layer = lambda a: a.detach()[0].sum(0).numpy(), layers[-1]
    yield "gradcam", [layer], {"convention": 2}, None, "captum LayerGradCam", flat(LayerGradCam(model, layer).attribute(x, target=target))
    a = GuidedGradCam(model, layer).attribute(x, target=target)
    if not any(isinstance(m, torch.nn.ReLU6) for m in model.modules()):  # Captum guides ReLU alone
        yield "guidedgradcam", [layer], {"convention": 1, "channels": 2}, None, "captum GuidedGradCam", flat(a)
    # Behind the last layer some of these networks only average: there the gradient is the same everywhere.
    layer = layers[0]
    for rule in [0, 3]:
        options = {"target": target, "n_steps": 20, "method": RULES[rule]}
        ours = {"steps": 20, "rule": rule}
        yield "conductance", [layer], ours, None, "captum LayerConductance", flat(LayerConductance(model, layer).attribute(x, **options))
        yield "internalinfluence", [layer], ours, None, "captum InternalInfluence", flat(InternalInfluence(model, layer).attribute(x, **options))


def pair_gradient(model, target):
    """The model as PAIR's methods ask it: pictures with the channels last."""

    def gradient(batch, call_model_args=None, expected_keys=None):
        v = torch.tensor(np.asarray(batch), dtype=torch.float32).permute(0, 3, 1, 2).requires_grad_(True)
        model(v)[:, target].sum().backward()
        return {pair.base.INPUT_OUTPUT_GRADIENTS: v.grad.permute(0, 2, 3, 1).numpy()}

    return gradient


def pair_paths(model, x, target):
    gradient, picture = pair_gradient(model, target), x[0].permute(1, 2, 0).numpy()
    total = lambda a: np.asarray(a).sum(-1)
    a = pair.BlurIG().GetMask(picture, gradient, max_sigma=12, steps=30)
    yield "blurig", [], {"steps": 30, "sigma": 12}, None, "PAIR BlurIG", total(a)
    # NumPy 2.4 knows the argument that PAIR gives it under another name.
    quantile, renamed = np.quantile, lambda a, q, interpolation: quantile(a, q, method=interpolation)
    for distance in [0.02, 0.4]:
        with mock.patch("numpy.quantile", renamed):
            a = pair.GuidedIG().GetMask(picture, gradient, x_baseline=np.zeros_like(picture), x_steps=40, max_dist=distance)
        yield "guidedig", [], {"steps": 40, "distance": distance}, None, "PAIR GuidedIG", total(a)


def pair_regions(model, x, target):
    """For a network without max pools: where XRAI's ways begin, all cells of a window are equal."""
    gradient, picture = pair_gradient(model, target), x[0].permute(1, 2, 0).numpy()
    # PAIR brings the picture to 224 pixels before it looks for segments; ours keeps its size, and its pixels go with it.
    share = nets.SIDE / 224
    even = 2 * (picture - picture.min()) / (picture.max() - picture.min()) - 1
    masks = []
    for scale in [50, 100, 150, 250, 500, 1200]:
        labels = felzenszwalb(even.astype(np.float64), scale=scale, sigma=0.8, min_size=round(150 * share**2))
        masks += [dilation(labels == l, footprint=disk(round(5 * share))) for l in range(labels.max() + 1)]
    options = pair.XRAIParameters(steps=20)
    options.experimental_params["min_pixel_diff"] = round(50 * share**2)
    a = pair.XRAI().GetMask(picture, gradient, segments=masks, extra_parameters=options)
    yield "xrai", [], {"steps": 20}, None, "PAIR XRAI", a


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
    store, index = nets.Store(), []
    for name in ["resnet", "mobilenet", "vgg"]:
        net = nets.load(name)
        model, x, target = net.model, net.x, net.target
        torch.manual_seed(21)
        noise = (0.3 * torch.randn(NOISY, 3, nets.SIDE, nets.SIDE)) if name == "resnet" else None
        entry = {"name": name, "maps": []}
        if noise is not None:
            entry["noise"] = store.add(noise)
        for layer in net.layers:
            value = None
            for id, a, raw in cams(model, layer, x, target):
                value = value or nets.value_of(net.path, x, a)
                entry["maps"].append({"method": id, "layer": value, "peer": f"grad-cam {CAMS[id].__name__}", **store.add(raw)})
        for id, params, peer, raw in gradients(model, x, target, noise):
            entry["maps"].append({"method": id, "params": params, "peer": f"captum {peer}", **store.add(raw)})
        values = {}
        for layer in net.layers:
            caught = []
            hook = layer.register_forward_hook(lambda _m, _i, o: caught.append(o.detach().clone()))
            model(x)
            hook.remove()
            values[layer] = nets.value_of(net.path, x, caught[0].numpy())
        more = [*main_patterns(model, net.layers[-1], x, target), *shapley(model, net.layers[-1], x, target, "probability")]
        more += of_torchcam(model, net.layers, x, target, noise)
        if name != "mobilenet":  # maps of the input's size
            more += smooth_and_joined(model, net.layers, x, target)
        if name == "resnet":
            more += pair_paths(model, x, target)
        if name == "mobilenet":
            more += pair_regions(model, x, target)
        # Last: hooks of Captum's stay on the model.
        more += of_captum_layers(model, net.layers, x, target)
        for id, layers, params, score, peer, raw in more:
            at = [values[layer] for layer in layers]
            entry["maps"].append({"method": id, "layers": at, "params": params, "score": score, "peer": peer, **store.add(raw)})
        index.append(entry)
    for name in ["vit", "swin"]:
        net = nets.load(name)
        few = lambda g: [e for e in g if e[0] != "integratedgradients" or e[1].get("rule") == 0]
        entry = {"name": name, "maps": []}
        for id, params, peer, raw in few(gradients(net.model, net.x, net.target, None)):
            entry["maps"].append({"method": id, "params": params, "peer": f"captum {peer}", **store.add(raw)})
        if name == "vit":
            grid = lambda t: t[:, 1:].reshape(t.shape[0], 6, 6, -1).permute(0, 3, 1, 2)
            caught, layer = [], net.model.blocks[1]
            hook = layer.register_forward_hook(lambda _m, _i, o: caught.append(o.detach().clone()))
            net.model(net.x)
            hook.remove()
            value = nets.value_of(net.path, net.x, caught[0].numpy())
            for id, _, params, _, peer, raw in shapley(net.model, layer, net.x, net.target, None, grid):
                entry["maps"].append({"method": id, "layer": value, "params": params, "peer": peer, **store.add(raw)})
        index.append(entry)
    store.write("maps", index)


if __name__ == "__main__":
    main()
