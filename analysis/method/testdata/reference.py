"""Computes the maps of pytorch-grad-cam and Captum that the methods are held to.

    pip install -r analysis/method/testdata/requirements.txt
    python3 analysis/method/testdata/reference.py

The peers explain the networks of nets.py in PyTorch. Written into peers/ beside this file: maps.bin (float32,
little-endian, one array after another) and maps.json (what each array is). The raw maps are stored, before ReLU and
scaling.
"""

from unittest import mock

import nets
import torch
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

NOISY = 6  # samples of the methods with noise
CAMS = {  # our identifier: the peer's class
    "gradcam": GradCAM, "gradcam++": GradCAMPlusPlus, "xgradcam": XGradCAM, "hirescam": HiResCAM,
    "elementwisecam": GradCAMElementWise, "layercam": LayerCAM, "eigencam": EigenCAM, "eigengradcam": EigenGradCAM,
    "segeigencam": SegEigenCAM, "fem": FEM,
}
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
        index.append(entry)
    store.write("maps", index)


if __name__ == "__main__":
    main()
