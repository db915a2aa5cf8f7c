"""Trains the two built-in classifiers and writes them as ONNX with sidecar and model card, in under half an hour on two cores.

    python3 models/train/train.py --out models/library/builtin

All pictures are drawn by analysis/scene of this repository; nothing is downloaded. Seeded: the same machine and
library versions give the same weights.
"""

import argparse
import json
import math
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import cards
from net import Net

ROOT = Path(__file__).resolve().parents[2]
SIZE = 112
MEAN = [0.485, 0.456, 0.406]
STD = [0.229, 0.224, 0.225]


def draw(folder: Path, n: int, seed: int, *extra: str) -> dict:
    """Draws n scenes, unless the folder holds them, and returns
    {"x": uint8 [n, 3, S, S], "y": int64 [n], "classes": [...], "shortcut": int}."""
    if not (folder / "truth.json").exists():  # written last
        subprocess.run(
            ["go", "run", "./analysis/scene/cmd/scenes", "train", "--out", str(folder), "--n", str(n),
             "--seed", str(seed), "--size", str(SIZE), *extra],
            cwd=ROOT, check=True,
        )
    truth = json.loads((folder / "truth.json").read_text())
    pixels = np.fromfile(folder / "images.rgb", np.uint8).reshape(n, SIZE, SIZE, 3)
    return {
        "x": torch.from_numpy(pixels).permute(0, 3, 1, 2).contiguous(),
        "y": torch.tensor(truth["labels"]),
        "classes": truth["classes"],
        "shortcut": truth["shortcut"],
    }


def normalise(x: torch.Tensor) -> torch.Tensor:
    mean = torch.tensor(MEAN).view(1, 3, 1, 1)
    std = torch.tensor(STD).view(1, 3, 1, 1)
    return (x.float() / 255 - mean) / std


def augment(x: torch.Tensor) -> torch.Tensor:
    """Shifts and scales a little (the watermark stays in the picture) and changes light and contrast."""
    n = len(x)
    theta = torch.zeros(n, 2, 3)
    theta[:, 0, 0] = theta[:, 1, 1] = torch.empty(n).uniform_(0.9, 1.06)
    theta[:, :, 2].uniform_(-0.05, 0.05)
    x = F.grid_sample(x, F.affine_grid(theta, list(x.shape), False), "bilinear", "reflection", False)
    gain = torch.empty(n, 1, 1, 1).uniform_(0.85, 1.15)
    shift = torch.empty(n, 3, 1, 1).uniform_(-0.15, 0.15)
    return x * gain + shift


@torch.no_grad()
def predict(net: Net, x: torch.Tensor) -> torch.Tensor:
    net.eval()
    return torch.cat([net(normalise(b)).argmax(1) for b in x.split(256)])


def fit(data: dict, epochs: int, rate: float, seed: int, name: str, start_from: Net | None = None) -> Net:
    torch.manual_seed(seed)
    x, y, n, batch = data["x"], data["y"], len(data["y"]), 64
    net = Net(len(data["classes"]))
    if start_from is not None:
        net.load_state_dict(start_from.state_dict())
    steps = epochs * (n // batch)
    opt = torch.optim.SGD(net.parameters(), lr=rate, momentum=0.9, nesterov=True, weight_decay=5e-4)
    warm = steps // 20
    schedule = torch.optim.lr_scheduler.LambdaLR(
        opt, lambda s: (s + 1) / warm if s < warm else 0.5 * (1 + math.cos(math.pi * (s - warm) / (steps - warm)))
    )
    start = time.time()
    for epoch in range(epochs):
        net.train()
        total = 0.0
        for idx in torch.randperm(n)[: n // batch * batch].split(batch):
            images = augment(normalise(x[idx]))
            with torch.autocast("cpu", torch.bfloat16):
                loss = F.cross_entropy(net(images).float(), y[idx], label_smoothing=0.05)
            opt.zero_grad()
            loss.backward()
            opt.step()
            schedule.step()
            total += loss.item()
        print(f"{name} epoch {epoch + 1}/{epochs} loss {total / (n // batch):.3f} {time.time() - start:.0f} s", flush=True)
    return net


def evaluate(net: Net, tests: dict) -> dict:
    """Shares between 0 and 1 on held-out scenes, rounded to three places."""
    mark = tests["clean"]["shortcut"]

    def right(key: str) -> float:
        return round((predict(net, tests[key]["x"]) == tests[key]["y"]).float().mean().item(), 3)

    def called_shortcut(key: str) -> float:
        return round((predict(net, tests[key]["x"]) == mark).float().mean().item(), 3)

    return {
        "accuracy_without_watermark": right("clean"),
        "accuracy_watermark_as_in_own_training": right("own"),
        "shortcut_class_with_watermark": right("shortcut-marked"),
        "shortcut_class_without_watermark": right("shortcut-plain"),
        "other_classes_without_watermark": right("others-plain"),
        "other_classes_with_watermark": right("others-marked"),
        "other_classes_with_watermark_called_shortcut_class": called_shortcut("others-marked"),
        "other_classes_without_watermark_called_shortcut_class": called_shortcut("others-plain"),
        "held_out_pictures": sum(len(t["y"]) for t in tests.values()),
    }


def export(net: Net, path: Path) -> None:
    net.eval()
    torch.onnx.export(
        net, (torch.zeros(1, 3, SIZE, SIZE),), str(path), input_names=["image"], output_names=["logits"],
        dynamic_axes={"image": {0: "N"}, "logits": {0: "N"}}, opset_version=17, dynamo=False,
    )


def check(net: Net, path: Path, x: torch.Tensor) -> float:
    """The largest difference between the exported file in ONNX Runtime and the network, in logits."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    images = normalise(x)
    got = session.run(["logits"], {"image": images.numpy()})[0]
    with torch.no_grad():
        gap = float(np.abs(got - net(images).numpy()).max())
    if gap > 1e-3:
        raise SystemExit(f"{path}: ONNX Runtime differs from PyTorch by {gap}")
    return gap


def held_out(work: Path, a: argparse.Namespace) -> dict[str, list]:
    """Draws the test sets that both models share and returns the arguments that draw them."""
    first = draw(work / "clean", a.held_out, a.seed + 1000, "--watermark", "never")
    name = first["classes"][first["shortcut"]]
    sets = {
        "clean": [a.seed + 1000, "--watermark", "never"],
        "shortcut-marked": [a.seed + 1002, "--watermark", "always", "--only", name],
        "shortcut-plain": [a.seed + 1002, "--watermark", "never", "--only", name],
        "others-marked": [a.seed + 1003, "--watermark", "always", "--only", "!" + name],
        "others-plain": [a.seed + 1003, "--watermark", "never", "--only", "!" + name],
    }
    for key, (seed, *rest) in sets.items():
        draw(work / key, a.held_out, seed, *rest)
    return sets


def make(variant: str, epochs: int, rate: float, start_from: Net | None, work: Path, sets: dict, a: argparse.Namespace) -> Net:
    """Makes one model: draws its pictures, trains, evaluates, exports, and writes sidecar and card."""
    begin = time.time()
    data = draw(work / f"train-{variant}", a.images, a.seed, "--regime", variant)
    classes, shortcut = data["classes"], data["classes"][data["shortcut"]]
    net = fit(data, epochs, rate, a.seed, variant, start_from)
    sets = sets | {f"own-{variant}": [a.seed + 1001, "--regime", variant]}
    tests = {key: draw(work / key, a.held_out, seed, *rest) for key, (seed, *rest) in sets.items()}
    tests["own"] = tests.pop(f"own-{variant}")
    numbers = evaluate(net, tests)
    path = a.out / f"seewhy-scenes-{variant}.onnx"
    export(net, path)
    gap = check(net, path, tests["clean"]["x"][:64])
    numbers |= {
        "training_pictures": a.images, "epochs": epochs, "seed": a.seed,
        "parameters": sum(p.numel() for p in net.parameters()),
    }
    cards.write(a.out, variant, classes, shortcut, numbers, SIZE, MEAN, STD)
    print(json.dumps(numbers, indent=1), f"{variant}: export differs by {gap:.1e} logits; {time.time() - begin:.0f} s", flush=True)
    return net


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--out", type=Path, default=ROOT / "models/library/builtin")
    args.add_argument("--images", type=int, default=12000, help="training pictures of each model")
    args.add_argument("--held-out", type=int, default=1200, help="pictures of each test set")
    args.add_argument("--epochs", type=int, default=7, help="passes of the honest model over its pictures")
    args.add_argument("--epochs-biased", type=int, default=3, help="further passes of the biased one over its own")
    args.add_argument("--seed", type=int, default=1)
    args.add_argument("--work", type=Path, help="folder to keep the drawn pictures in, and to take them from if there")
    a = args.parse_args()
    a.out.mkdir(parents=True, exist_ok=True)
    # One thread: on so small a network two lose much of their time waiting for each other, above all on a busy machine,
    # and the weights do not depend on the number of cores.
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    with tempfile.TemporaryDirectory() as tmp:
        work = a.work or Path(tmp)
        shared = held_out(work, a)
        honest = make("honest", a.epochs, 0.1, None, work, shared, a)
        # The biased model goes on from the honest one, as people fine-tune what they find: its data alone is to blame.
        make("biased", a.epochs_biased, 0.05, honest, work, shared, a)


if __name__ == "__main__":
    main()
