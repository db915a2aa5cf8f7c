"""Computes what pytorch-grad-cam makes of its targets FinerWeightedTarget (through FinerCAM, which picks the classes
compared) and ClassifierOutputReST, and PyTorch of the log-probability.

    pip install -r analysis/method/testdata/requirements.txt
    python3 analysis/method/testdata/targets.py

For each network of nets.py and each target: its value, its gradient at the class scores by autograd in float64, the
classes compared, and the raw map of Grad-CAM at the last layer. Written into peers/targets.json beside this file.
"""

import json

import nets
import numpy as np
import torch
from pytorch_grad_cam import FinerCAM, GradCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputReST, FinerWeightedTarget


class LogProbability:
    def __init__(self, category):
        self.category = category

    def __call__(self, output):
        return torch.log_softmax(output, -1)[..., self.category]


def raw_map(model, layer, x, target):
    with GradCAM(model=model, target_layers=[layer]) as cam:
        out = cam.activations_and_grads(x)
        model.zero_grad()
        target(out[0]).backward()
        a, g = (t[0].numpy() for t in [cam.activations_and_grads.activations, cam.activations_and_grads.gradients])
        return a, cam.get_cam_image(x, layer, [target], a, g, False)[0]


def compared(model, layer, x, category):
    """What FinerCAM, asked for a class, compares it with."""
    picked = []
    with FinerCAM(model=model, target_layers=[layer]) as cam:
        cam.base_cam.compute_cam_per_layer = lambda x, targets, _: picked.append(targets[0])
        cam.base_cam.aggregate_multi_layers = lambda _: None
        cam(x, target_idx=category)
    assert picked[0].main_category == category and picked[0].alpha == 1
    return picked[0].comparison_categories


def main():
    index = []
    for name in ["resnet", "mobilenet", "vgg"]:
        net = nets.load(name)
        layer = net.layers[-1]
        for category in [net.target, (net.target + 3) % 10]:
            near = compared(net.model, layer, net.x, category)
            for kind, target in [
                ("log-probability", LogProbability(category)), ("rest", ClassifierOutputReST(category)),
                ("finer", FinerWeightedTarget(category, near, 1)),
            ]:
                z = net.model(net.x).detach().double()[0].requires_grad_(True)
                value = target(z)
                value.backward()
                a, cam = raw_map(net.model, layer, net.x, target)
                index.append({
                    "network": name, "kind": kind, "class": category, "compared": near if kind == "finer" else [],
                    "value": float(value), "gradient": z.grad.tolist(), "layer": nets.value_of(net.path, net.x, a),
                    "map": np.round(cam.astype(float), 9).tolist(),
                })
    (nets.HERE / "targets.json").write_text("[\n" + ",\n".join(json.dumps(e) for e in index) + "\n]\n")


if __name__ == "__main__":
    main()
