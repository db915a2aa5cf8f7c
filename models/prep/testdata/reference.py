"""What Pillow and torchvision make of a picture, for the tests of models/prep.

    python reference.py cases > cases.json.gz       # the stored references (Pillow, numpy)
    python reference.py pictures pictures           # small files and Pillow's decoding of them
    python reference.py files LIST                  # raw results for files, on stdout

LIST is a text file of "spec-json TAB path" lines. For each the answer is one
line of JSON {"width", "height", "shape", "with"}
followed by the decoded bytes and the float32 tensor. With torchvision
installed its own transforms are run; the stored cases need Pillow and numpy
alone, and restate ToTensor and Normalize in float32. They are made with Pillow
12.3: from 13.0 on Pillow resizes pictures more than twice as tall as wide along
the height first, which rounds differently by one grey level.
"""
import base64
import gzip
import json
import sys

import numpy as np
import PIL
from PIL import Image, ImageOps

FILTERS = {
    "nearest": Image.Resampling.NEAREST, "box": Image.Resampling.BOX,
    "bilinear": Image.Resampling.BILINEAR, "hamming": Image.Resampling.HAMMING,
    "bicubic": Image.Resampling.BICUBIC, "lanczos": Image.Resampling.LANCZOS,
}


def synthetic(w, h):
    """The picture that reference_test.go draws by the same formula."""
    y, x = np.mgrid[0:h, 0:w].astype(np.int64)
    planes = [
        x * 7 + y * 3 + (x * y) // 5 + ((x // 3 + y // 4) % 2) * 90,
        x * x // 3 + y * 11 + ((x ^ y) % 7) * 21,
        x * 2 + y * y // 2 + ((x * 5 + y * 9) % 23) * 10,
    ]
    return Image.fromarray(np.stack([p % 256 for p in planes], -1).astype(np.uint8))


def centre_crop(img, w, h):
    iw, ih = img.size
    if w > iw or h > ih:
        left, top = (w - iw) // 2 if w > iw else 0, (h - ih) // 2 if h > ih else 0
        right, bottom = (w - iw + 1) // 2 if w > iw else 0, (h - ih + 1) // 2 if h > ih else 0
        img = ImageOps.expand(img, border=(left, top, right, bottom), fill=0)
        iw, ih = img.size
    top, left = int(round((ih - h) / 2.0)), int(round((iw - w) / 2.0))
    return img.crop((left, top, left + w, top + h))


def resized(img, spec):
    r = spec["resize"]
    f = FILTERS[r.get("filter") or "bilinear"]
    if r["mode"] == "shorter":
        w, h = img.size
        short, long = (w, h) if w <= h else (h, w)
        new_short, new_long = r["size"], int(r["size"] * long / short)
        img = img.resize((new_short, new_long) if w <= h else (new_long, new_short), f)
    elif r["mode"] == "squash":
        img = img.resize((r["width"], r["height"]), f)
    elif r["mode"] == "pad":
        scale = min(r["width"] / img.size[0], r["height"] / img.size[1])
        img = img.resize((round(img.size[0] * scale), round(img.size[1] * scale)), f)
    return img


def pixels(img, spec):
    img = img.convert("L" if spec["channels"] == "GRAY" else "RGB")
    img = resized(img, spec)
    crop = spec.get("crop")
    if crop:
        img = centre_crop(img, crop["width"], crop["height"])
    a = np.asarray(img)
    a = a[:, :, None] if a.ndim == 2 else a
    return 255 - a if spec.get("invert") else a


def tensor(a, spec):
    """[C,H,W] float32 in torchvision's steps."""
    if spec["channels"] == "BGR":
        a = a[:, :, ::-1]
    x = a.transpose(2, 0, 1).astype(np.float32)
    inverse = 1 / spec["scale"]
    if abs(inverse - round(inverse)) < 1e-6 and inverse >= 1:
        x = x / np.float32(round(inverse))
    else:
        x = x * np.float32(spec["scale"])
    n = a.shape[2]
    mean = np.array(spec.get("mean") or [0.0] * n, np.float32)[:, None, None]
    std = np.array(spec.get("std") or [1.0] * n, np.float32)[:, None, None]
    return (x - mean) / std


def cases():
    imagenet = {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}
    out = []

    def add(name, w, h, **spec):
        spec = {"channels": "RGB", "scale": 1 / 255, **spec}
        spec["resize"] = {"filter": "bilinear", "antialias": True, **spec["resize"]}
        a = pixels(synthetic(w, h), spec)
        x = tensor(a, spec)
        step = max(1, x.size // 16)
        out.append({
            "name": name, "width": w, "height": h, "spec": spec,
            "outWidth": a.shape[1], "outHeight": a.shape[0],
            "pixels": base64.b64encode(a.tobytes()).decode(),
            "step": step, "values": [float(v) for v in x.reshape(-1)[::step]],
        })

    for f in FILTERS:
        add(f"shrink {f}", 97, 61, resize={"mode": "shorter", "size": 24, "filter": f}, crop={"width": 20, "height": 20}, **imagenet)
        add(f"grow {f}", 13, 19, resize={"mode": "squash", "width": 41, "height": 33, "filter": f}, **imagenet)
        add(f"mixed {f}", 90, 17, resize={"mode": "squash", "width": 31, "height": 40, "filter": f})
        add(f"one axis {f}", 40, 30, resize={"mode": "squash", "width": 40, "height": 21, "filter": f})
        add(f"other axis {f}", 40, 30, resize={"mode": "squash", "width": 23, "height": 30, "filter": f})
    for w, h in ((33, 100), (100, 33), (31, 32), (32, 31), (7, 7), (1, 40), (40, 1), (5, 3), (255, 11)):
        add(f"rounding {w}x{h}", w, h, resize={"mode": "shorter", "size": 28}, crop={"width": 23, "height": 23}, **imagenet)
    add("crop beyond", 30, 30, resize={"mode": "shorter", "size": 16}, crop={"width": 27, "height": 20}, **imagenet)
    add("crop beyond one side", 60, 20, resize={"mode": "shorter", "size": 10}, crop={"width": 15, "height": 15}, **imagenet)
    add("crop only", 50, 41, resize={"mode": "none"}, crop={"width": 24, "height": 24})
    add("as it is", 20, 14, resize={"mode": "none"})
    add("caffe", 70, 50, channels="BGR", scale=1, mean=[104, 117, 123], resize={"mode": "shorter", "size": 32}, crop={"width": 28, "height": 28})
    add("grey", 70, 50, channels="GRAY", scale=1, mean=[127.5], std=[127.5], resize={"mode": "squash", "width": 24, "height": 24})
    add("digit", 50, 50, channels="GRAY", scale=1, invert=True, resize={"mode": "squash", "width": 28, "height": 28, "filter": "lanczos"})
    add("odd scale", 50, 50, scale=0.0078125, mean=[0.5] * 3, std=[0.25] * 3, resize={"mode": "squash", "width": 12, "height": 12})
    add("same size", 24, 24, resize={"mode": "shorter", "size": 24})
    add("large", 1200, 900, resize={"mode": "shorter", "size": 72}, crop={"width": 64, "height": 64}, **imagenet)
    if int(PIL.__version__.split(".")[0]) >= 13:
        sys.exit("the stored references need Pillow before 13")
    raw = json.dumps({"pillow": Image.__version__, "cases": out}).encode()
    with gzip.GzipFile(fileobj=sys.stdout.buffer, mode="wb", mtime=0) as z:
        z.write(raw)


def pictures(folder):
    """NAME.ext and, beside it, NAME.ext.png: what Pillow decodes from it, over white."""
    img = synthetic(75, 53).resize((37, 29), Image.Resampling.LANCZOS)
    clear = img.copy()
    clear.putalpha(Image.linear_gradient("L").resize(img.size))
    holes = img.quantize(16)
    exif = Image.Exif()
    exif[0x0112] = 6
    deep = (np.asarray(img.convert("L")).astype(np.uint16) << 8) + 77
    for name, (i, options) in {
        "420.jpg": (img, {"quality": 90, "subsampling": "4:2:0"}),
        "422.jpg": (img, {"quality": 90, "subsampling": "4:2:2"}),
        "444.jpg": (img, {"quality": 90, "subsampling": "4:4:4", "progressive": True}),
        "grey.jpg": (img.convert("L"), {"quality": 90}),
        "cmyk.jpg": (img.convert("CMYK"), {"quality": 95}),
        "turned.jpg": (img, {"quality": 90, "exif": exif}),
        "turned.png": (img.crop((0, 0, 20, 12)), {"exif": exif}),
        "turned.webp": (img.crop((0, 0, 20, 12)), {"lossless": True, "exif": exif}),
        "turned.tiff": (img.crop((0, 0, 20, 12)), {"exif": exif, "compression": "tiff_lzw"}),
        "lossy.webp": (img, {"quality": 80}),
        "lossless.webp": (img, {"lossless": True}),
        "clear.webp": (clear, {"quality": 80}),
        "clear.png": (clear, {}),
        "deep.png": (Image.fromarray(deep), {}),
        "palette.png": (holes, {"transparency": 3}),
        "still.gif": (img, {}),
        "moving.gif": (img, {"save_all": True, "append_images": [img.rotate(90, expand=False)] * 3}),
        "plain.bmp": (img, {}),
        "packed.tiff": (img, {"compression": "tiff_deflate"}),
    }.items():
        path = f"{folder}/{name}"
        i.save(path, **options)
        opened(path).save(path + ".png")


def opened(path):
    """A file as SeeWhy takes it: upright, over white, 8 bits."""
    img = ImageOps.exif_transpose(Image.open(path))
    if img.mode in ("RGBA", "LA", "PA") or "transparency" in img.info:
        img = img.convert("RGBA")
        img = Image.alpha_composite(Image.new("RGBA", img.size, "white"), img)
    elif img.mode.startswith("I;16"):
        img = Image.fromarray((np.asarray(img).astype(np.uint16) >> 8).astype(np.uint8))
    return img.convert("RGB")


def through_torchvision(img, spec):
    """The same by torchvision's own transforms where the spec is theirs."""
    from torchvision import transforms as T
    from torchvision.transforms import InterpolationMode as Mode

    r = spec["resize"]
    mode = Mode({"nearest": "nearest", "box": "box", "bilinear": "bilinear", "hamming": "hamming",
                 "bicubic": "bicubic", "lanczos": "lanczos"}[r.get("filter") or "bilinear"])
    steps = []
    if spec["channels"] == "GRAY":
        steps.append(T.Grayscale(1))
    if r["mode"] == "shorter":
        steps.append(T.Resize(r["size"], mode))
    elif r["mode"] == "squash":
        steps.append(T.Resize((r["height"], r["width"]), mode))
    if spec.get("crop"):
        steps.append(T.CenterCrop((spec["crop"]["height"], spec["crop"]["width"])))
    steps.append(T.ToTensor())
    x = T.Compose(steps)(img)
    if abs(spec["scale"] - 1 / 255) > 1e-9:
        x = x * (255 * spec["scale"])
    if spec["channels"] == "BGR":
        x = x.flip(0)
    if spec.get("mean") or spec.get("std"):
        n = x.shape[0]
        x = T.Normalize(spec.get("mean") or [0.0] * n, spec.get("std") or [1.0] * n)(x)
    return x.numpy()


def files(listing):
    try:
        import torchvision  # noqa: F401
        run = through_torchvision
    except ImportError:
        run = lambda img, spec: tensor(pixels(img, spec), spec)  # noqa: E731
    out = sys.stdout.buffer
    for line in open(listing, encoding="utf-8"):
        spec, path = line.rstrip("\n").split("\t")
        img = opened(path)
        x = np.ascontiguousarray(run(img, json.loads(spec)), dtype="<f4")
        head = {"width": img.width, "height": img.height, "shape": list(x.shape), "with": f"{run.__name__}, Pillow {PIL.__version__}"}
        out.write(json.dumps(head).encode() + b"\n" + img.tobytes() + x.tobytes())
    out.flush()


if __name__ == "__main__":
    if sys.argv[1:2] == ["cases"]:
        cases()
    elif sys.argv[1:2] == ["pictures"] and len(sys.argv) == 3:
        pictures(sys.argv[2])
    elif sys.argv[1:2] == ["files"] and len(sys.argv) == 3:
        files(sys.argv[2])
    else:
        sys.exit(__doc__)
