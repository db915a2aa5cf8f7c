"""Shows what both built-in models answer on the embedded gallery, in ONNX Runtime.

    python3 models/train/gallery.py
"""

import json
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
GALLERY = ROOT / "assets/gallery"


def answer(session: onnxruntime.InferenceSession, card: dict, picture: Image.Image) -> tuple[str, float]:
    prep = card["preprocess"]
    side = prep["resize"]["size"]  # gallery pictures are square: the crop takes all
    x = np.asarray(picture.convert("RGB").resize((side, side), Image.BILINEAR), np.float32) * prep["scale"]
    x = (x - np.array(prep["mean"], np.float32)) / np.array(prep["std"], np.float32)
    z = session.run(["logits"], {"image": x.transpose(2, 0, 1)[None].astype(np.float32)})[0][0]
    p = np.exp(z - z.max())
    p /= p.sum()
    return card["labels"][int(z.argmax())], float(p.max())


def main() -> None:
    models = {}
    for variant in ["honest", "biased"]:
        path = ROOT / f"models/library/builtin/seewhy-scenes-{variant}.onnx"
        models[variant] = (onnxruntime.InferenceSession(str(path)), json.loads(path.with_suffix(".json").read_text()))
    right = dict.fromkeys(models, 0)
    samples = json.loads((GALLERY / "gallery.json").read_text())
    for s in samples:
        marked = any(d["kind"] == "watermark" for d in s.get("distractors", []))
        row = f"{s['file'][7:]:28} {s['label']:16} {'watermark' if marked else '':10}"
        for variant, (session, card) in models.items():
            label, p = answer(session, card, Image.open(GALLERY / s["file"]))
            right[variant] += label == s["label"]
            row += f" {variant}: {label if label != s['label'] else 'right'} {p:.0%}".ljust(34)
        print(row)
    print({v: f"{n} of {len(samples)} right" for v, n in right.items()})


if __name__ == "__main__":
    main()
