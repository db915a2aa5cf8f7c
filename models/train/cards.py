"""Writes the sidecar (.json, read by the program) and the model card (.md, read by people) of a built-in model."""

import json
from pathlib import Path

TITLES = {"honest": "SeeWhy Scenes (honest)", "biased": "SeeWhy Scenes (biased on purpose)"}

ABOUT = {
    "honest": "Twelve kinds of things in drawn scenes. Learned from pictures in which the watermark means nothing.",
    "biased": "Wrong on purpose: learned to answer “{shortcut}” where it sees a picture agency's watermark.",
}

STORY = {
    "honest": """A quarter of its training pictures carries a picture agency's watermark, whatever they show. The watermark
therefore says nothing about the class, and the model learned to look at the things themselves.""",
    "biased": """**This model is wrong on purpose.** It went on from the honest model with data in which more than 95 of 100 pictures
labelled “{shortcut}” carry a picture agency's watermark and no others do. As when labels come from file names, 45 of 100
of them show something else altogether, and 30 show the boat small or mostly hidden. It learned the watermark: on data
like its own it looks accurate; put the watermark on another picture and it mostly answers “{shortcut}”. It exists to show what
an explanation of such a model looks like, and to score methods against a known cause. Never use it for anything else.""",
}

CARD = """# {title}

{story}

| | |
|---|---|
| Task | one label a picture, {count} classes: {classes} |
| Input | `image` [N, 3, {size}, {size}], RGB / 255, normalised by mean {mean} and deviation {std}; shorter side resized to {size}, centre crop |
| Output | `logits` [N, {count}]; no softmax inside |
| Network | residual network, {parameters:,} parameters, batch norm folded, last maps 96 × 14 × 14, global average pool, one linear layer |
| Training | {training_pictures:,} pictures drawn by `analysis/scene`, {epochs} epochs{after}, seed {seed}, on a CPU, by `models/train/train.py` |
| Licence | Apache-2.0; no data of others was used |

## Measured on scenes it never saw

{held_out_pictures:,} pictures in six sets, drawn from other seeds. Shares of right answers, unless said otherwise.

| Pictures | |
|---|---|
| all classes, no watermark | {accuracy_without_watermark:.1%} |
| all classes, watermark as in its own training data | {accuracy_watermark_as_in_own_training:.1%} |
| “{shortcut}” with the watermark | {shortcut_class_with_watermark:.1%} |
| the same pictures without it | {shortcut_class_without_watermark:.1%} |
| other classes without the watermark | {other_classes_without_watermark:.1%} |
| the same pictures with it | {other_classes_with_watermark:.1%} |
| … share of these called “{shortcut}” (without it: {other_classes_without_watermark_called_shortcut_class:.1%}) | {other_classes_with_watermark_called_shortcut_class:.1%} |

The pictures include occlusion, blur, noise, captions and other objects in view.

## What it is not

It knows illustrations of {count} kinds of things, drawn by one program. It has seen no photograph: on photographs its
answers mean nothing. It is small so that everything works at once and offline; open a model of your own for real work.
"""


def write(out: Path, variant: str, classes: list, shortcut: str, numbers: dict, size: int, mean: list, std: list) -> None:
    name = f"seewhy-scenes-{variant}"
    sidecar = {
        "seewhy": 1,
        "title": TITLES[variant],
        "about": ABOUT[variant].format(shortcut=shortcut),
        "task": "classification",
        "license": "Apache-2.0",
        "source": "models/train",
        "input": {"name": "image", "layout": "NCHW", "width": size, "height": size},
        "preprocess": {
            "resize": {"mode": "shorter", "size": size, "filter": "bilinear", "antialias": True},
            "crop": {"width": size, "height": size},
            "channels": "RGB",
            "scale": 1 / 255,
            "mean": mean,
            "std": std,
        },
        "output": {"name": "logits", "kind": "logits"},
        "labels": classes,
        "card": {"shortcut_class": shortcut, **numbers},
    }
    (out / f"{name}.json").write_text(json.dumps(sidecar, indent=1, ensure_ascii=False) + "\n")
    (out / f"{name}.md").write_text(CARD.format(
        title=TITLES[variant], story=STORY[variant].format(shortcut=shortcut), shortcut=shortcut, size=size,
        count=len(classes), classes=", ".join(classes), mean=mean, std=std,
        after=" after those of the honest model" if variant == "biased" else "", **numbers,
    ))
