"""Segments pictures with scikit-image, for the segmentations to be held to.

    pip install -r analysis/segment/testdata/requirements.txt
    python3 analysis/segment/testdata/reference.py [--time PICTURE]

Written beside this file: the pictures of the gallery that are named below, made smaller, as PNG; and peers.json, which
has for each of them and each segmentation the labels that scikit-image gives (zlib, 16 bits little-endian, row by row,
base64). With --time, prints the CPU time that scikit-image takes for a picture at 224 x 224 instead.
"""

import base64
import json
import sys
import time
import zlib
from pathlib import Path

import numpy as np
from PIL import Image
from skimage.segmentation import felzenszwalb, quickshift, slic

HERE = Path(__file__).resolve().parent
PICTURES = ["04-cat", "26-agency-cat-marked"]
SIDE = 160
METHODS = {  # our identifier: call and arguments
    "felzenszwalb": (felzenszwalb, {"scale": 100, "sigma": 0.8, "min_size": 20}),
    "felzenszwalb-fine": (felzenszwalb, {"scale": 4, "sigma": 0.5, "min_size": 10}),
    "slic": (slic, {"n_segments": 100, "compactness": 10, "start_label": 1}),
    "slic-square": (slic, {"n_segments": 50, "compactness": 30, "start_label": 1}),
    "quickshift": (quickshift, {"kernel_size": 4, "max_dist": 200, "ratio": 0.2, "rng": 1}),
    "quickshift-fine": (quickshift, {"kernel_size": 3, "max_dist": 6, "ratio": 0.5, "rng": 1}),
}


def main():
    out = []
    for name in PICTURES:
        source = HERE / f"../../../assets/gallery/images/{name}.jpg"
        small = Image.open(source).convert("RGB").resize((SIDE, SIDE), Image.LANCZOS)
        small.save(HERE / f"{name}.png", optimize=True)
        picture = np.asarray(small)
        for method, (call, arguments) in METHODS.items():
            labels = call(picture, **arguments).astype("<u2")
            packed = base64.b64encode(zlib.compress(labels.tobytes(), 9)).decode()
            out.append({"picture": f"{name}.png", "method": method, "segments": len(np.unique(labels)), "labels": packed})
    (HERE / "peers.json").write_text(json.dumps(out, indent=1) + "\n")


def clock(path):
    picture = np.asarray(Image.open(path).convert("RGB").resize((224, 224), Image.BILINEAR))
    for method, (call, arguments) in METHODS.items():
        times = []
        for _ in range(5):
            start = time.process_time()
            labels = call(picture, **arguments)
            times.append(time.process_time() - start)
        print(f"{method}: CPU time {1000 * sorted(times)[2]:.0f} ms, {len(np.unique(labels))} segments")


if __name__ == "__main__":
    clock(sys.argv[2]) if sys.argv[1:2] == ["--time"] else main()
