"""Exports networks with random weights as other frameworks' own exporters do, with the frameworks' own gradients beside them.

    python models/grad/testdata/exporters.py OUT [FAMILY:NAME ...]
    SEEWHY_ARCHITECTURES=OUT go test -v -run TestArchitectures ./models/grad

Each family wants its own environment; without names, all networks of the families whose packages are installed are made:

    paddle       pip install paddlepaddle==3.3.1 paddle2onnx==2.1.0 onnx==1.17.0 onnxoptimizer==0.3.13 onnx_graphsurgeon==0.6.1 onnxruntime==1.32.0 packaging sympy
    keras        pip install tensorflow-cpu==2.21.0 tf2onnx==1.17.0 onnx==1.17.0            (tf2onnx from a Keras model)
    kerasexport  the same                                                                  (Keras' own Model.export)
    ultralytics  pip install ultralytics==8.4.190 torch==2.15.0 torchvision==0.29.2 onnx==1.23.2 onnxslim==0.1.98   (YOLO(...).export)
    optimum      pip install optimum==2.1.0 optimum-onnx==0.1.0 torch==2.15.0 transformers==4.57.6 onnx==1.23.2 onnxruntime==1.32.0   (main_export)
    mmdeploy     pip install --no-deps mmdeploy==1.3.1 mmpretrain==1.2.0 mmcv-lite==2.2.0 mmengine==0.10.7, and what they import,
                 with torch==2.15.0 torchvision==0.29.2 onnx==1.23.2

The files are those of architectures.py, without blocks: NAME.onnx, NAME.x, NAME.g and NAME.json. The gradient is that
of the sum of the first output at one index of one axis, in float64; "torch32" is how far the framework's own float32
gradient is from it, and "near" how far the exact one moves when the input does by a few float32 roundings. Of six random inputs
the one is taken at which the two are nearest: where an activation lies within rounding of its kink, they fall on its
two sides.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import traceback

import numpy as np

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

PADDLE = """alexnet vgg11 resnet18 resnet50 resnext50_32x4d wide_resnet50_2 mobilenet_v1 mobilenet_v2 mobilenet_v3_small
mobilenet_v3_large squeezenet1_1 shufflenet_v2_x0_5 shufflenet_v2_swish densenet121 googlenet inception_v3 own:attention"""
KERAS = """MobileNet MobileNetV2 MobileNetV3Small EfficientNetB0 EfficientNetV2B0 ResNet50 ResNet50V2 DenseNet121 VGG16 Xception
InceptionV3 InceptionResNetV2 NASNetMobile ConvNeXtTiny"""
KERAS_EXPORT = "MobileNetV3Small EfficientNetB0 ResNet50V2 ConvNeXtTiny DenseNet121"
ULTRALYTICS = """yolo11n.yaml yolo11n-seg.yaml yolo11n-pose.yaml yolo11n-obb.yaml yolo11n-cls.yaml yolo12n.yaml yolov8n.yaml
yolov8n-cls.yaml yolov8n-seg.yaml yolov5n.yaml yolov6n.yaml yolov9t.yaml yolov10n.yaml"""
OPTIMUM = """vit deit swin convnext convnextv2 resnet mobilenet_v1 mobilenet_v2 mobilevit segformer detr yolos beit dinov2 levit poolformer
regnet efficientnet clip_vision hiera"""

MMDEPLOY = """resnet18_8xb32_in1k mobilenet-v2_8xb32_in1k mobilenet-v3-small_8xb128_in1k shufflenet-v2-1x_16xb64_in1k vgg11bn_8xb32_in1k
deit-tiny_4xb256_in1k convnext-tiny_32xb128_in1k hrnet-w18_3rdparty_8xb32_in1k seresnet50_8xb32_in1k
res2net50-w14-s8_3rdparty_8xb32_in1k densenet121_3rdparty_in1k"""


def choose(y):
    """The axis of the classes and the index that answers most strongly."""
    axis = 1 if y.ndim in (2, 4) or y.shape[1] < y.shape[-1] else 2
    if y.ndim == 4 and y.shape[-1] < y.shape[1]:
        axis = 3
    total = y.sum(axis=tuple(i for i in range(y.ndim) if i != axis))
    skip = 4 if y.ndim == 3 and len(total) > 8 else 0  # a detector's first entries are coordinates
    return axis, skip + int(total[skip:].argmax())


def far(a, b):
    return float(np.linalg.norm((a.astype(np.float64) - b).ravel()) / max(np.linalg.norm(b.ravel()), 1e-300))


def best(draw, forward, gradient):
    """Of six inputs the one at which float32 and float64 agree best."""
    found = None
    for seed in range(6):
        x = draw(np.random.default_rng(seed)).astype(np.float32)
        y = forward(x)
        at = choose(y)
        value, exact = gradient(x, at, True)
        _, single = gradient(x, at, False)
        gap = far(single, exact)
        if np.linalg.norm(exact) > 0 and (found is None or gap < found[0]):
            found = gap, x, at, value, exact
        if gap < 2e-6:
            break
    gap, x, at, value, exact = found
    steps = (2e-6 * np.abs(x).max() * np.random.default_rng(seed).standard_normal(x.shape) for seed in range(4))
    near = max(far(gradient(x + step, at, True)[1], exact) for step in steps)
    return gap, near, x, at, value, exact


def write(out, family, name, model, draw, forward, gradient, size, parameters):
    gap, near, x, at, value, exact = best(draw, forward, gradient)
    stem = out / f"{family}_{name}".replace(":", "_").replace(".yaml", "")
    if model != f"{stem}.onnx":
        shutil.copyfile(model, f"{stem}.onnx")
    x.astype("<f4").tofile(f"{stem}.x")
    exact.astype("<f4").tofile(f"{stem}.g")
    pathlib.Path(f"{stem}.json").write_text(json.dumps({
        "name": f"{family}: {name.replace('.yaml', '')}", "exporter": family, "size": size, "axis": at[0], "index": at[1], "score": value,
        "parameters": parameters, "shape": list(x.shape),
        "values": [{"name": "image", "module": "input", "shape": list(x.shape), "torch32": gap, "near": near}],
    }, indent=1))


def paddle_family(name, out):
    import paddle
    from paddle import nn
    from paddle.vision import models

    class Attention(nn.Layer):
        """What paddle.vision lacks: attention, layer norm, GELU, hard swish, resize, group and instance norm, pixel shuffle."""

        def __init__(self):
            super().__init__()
            self.stem = nn.Sequential(nn.Conv2D(3, 32, 4, 4), nn.GroupNorm(4, 32), nn.Hardswish(), nn.Conv2D(32, 32, 3, padding=1), nn.InstanceNorm2D(32), nn.Swish())
            self.block = nn.TransformerEncoderLayer(32, 4, 64, activation="gelu", dropout=0.0)
            self.up = nn.Sequential(nn.Conv2D(32, 32, 1), nn.PixelShuffle(2), nn.Mish(), nn.Upsample(size=[64, 64], mode="bilinear", align_corners=True))
            self.head = nn.Linear(8, 12)

        def forward(self, x):
            x = self.stem(x)
            n, c, h, w = x.shape
            t = self.block(x.flatten(2).transpose([0, 2, 1]))
            x = self.up(t.transpose([0, 2, 1]).reshape([-1, 32, 16, 16]))
            return self.head(nn.functional.softsign(x).mean([2, 3]))

    size = {"inception_v3": 139, "alexnet": 224, "vgg11": 224, "googlenet": 224}.get(name, 64)

    def build():
        paddle.seed(1)
        net = Attention() if name == "own:attention" else getattr(models, name)()
        for p in net.parameters():
            if len(p.shape) < 2:
                p.set_value(p + 0.1 * paddle.randn(p.shape))
        return net

    class First(nn.Layer):
        def __init__(self, net):
            super().__init__()
            self.net = net

        def forward(self, x):
            y = self.net(x)
            return y[0] if isinstance(y, (list, tuple)) else y

    net = First(build())
    net.train()
    with paddle.no_grad():
        for _ in range(20):  # statistics of batch norm
            net(paddle.randn([8, 3, size, size]))
    net.eval()
    folder = tempfile.mkdtemp()
    paddle.onnx.export(net, f"{folder}/m", input_spec=[paddle.static.InputSpec([None, 3, size, size], "float32", "image")], opset_version=17)
    wide = First(build())
    wide.set_state_dict(net.state_dict())
    wide.eval()
    wide.to(dtype="float64")

    def forward(x):
        with paddle.no_grad():
            return net(paddle.to_tensor(x)).numpy()

    def gradient(x, at, double):
        m = wide if double else net
        x = paddle.to_tensor(x.astype(np.float64 if double else np.float32), stop_gradient=False)
        s = paddle.index_select(m(x), paddle.to_tensor([at[1]]), axis=at[0]).sum()
        s.backward()
        return float(s), x.grad.numpy().astype(np.float64)

    write(out, "paddle", name, f"{folder}/m.onnx", lambda r: r.standard_normal((1, 3, size, size)), forward, gradient, size, sum(int(np.prod(p.shape)) for p in net.parameters()))


def keras_family(name, out, own=False):
    import tensorflow as tf

    keras = tf.keras
    size = {"InceptionV3": 139, "InceptionResNetV2": 139, "Xception": 96, "NASNetMobile": 96, "ConvNeXtTiny": 64}.get(name, 64)

    def build(kind):
        keras.backend.clear_session()
        keras.backend.set_floatx(kind)
        keras.utils.set_random_seed(1)
        return getattr(keras.applications, name)(weights=None, input_shape=(size, size, 3), classes=12, classifier_activation=None)

    net = build("float32")
    r = np.random.default_rng(1)
    values = []
    for w in net.weights:
        v = np.array(w)
        path = getattr(w, "path", w.name)
        if "moving_variance" in path or "/variance" in path:
            v = r.uniform(0.5, 2, v.shape)
        elif v.ndim < 2 and v.dtype == np.float32 and v.size > 1:
            v = v + 0.1 * r.standard_normal(v.shape)
        values.append(v.astype(np.array(w).dtype))
    net.set_weights(values)
    folder = tempfile.mkdtemp()
    if own:
        net(np.zeros((1, size, size, 3), np.float32))
        net.export(f"{folder}/m.onnx", format="onnx", verbose=False)
    else:
        import tf2onnx

        call = tf.function(lambda x: net(x, training=False), input_signature=[tf.TensorSpec((None, size, size, 3), tf.float32, name="image")])
        tf2onnx.convert.from_function(call, input_signature=call.input_signature, opset=17, output_path=f"{folder}/m.onnx")
    wide = build("float64")
    wide.set_weights([v.astype(np.float64) if v.dtype == np.float32 else v for v in values])

    def forward(x):
        return net(x, training=False).numpy()

    def gradient(x, at, double):
        x = tf.constant(x.astype(np.float64 if double else np.float32))
        with tf.GradientTape() as tape:
            tape.watch(x)
            s = tf.reduce_sum(tf.gather((wide if double else net)(x, training=False), at[1], axis=at[0]))
        return float(s), tape.gradient(s, x).numpy().astype(np.float64)

    scale = 127.5  # keras.applications take pixels, some scale them inside
    write(out, "kerasexport" if own else "keras", name, f"{folder}/m.onnx", lambda g: g.uniform(0, 1, (1, size, size, 3)) * scale, forward, gradient, size, net.count_params())


def settle(model, run):
    """Statistics of batch norm as training leaves them."""
    import torch

    norms = [m for m in model.modules() if isinstance(m, torch.nn.modules.batchnorm._BatchNorm)]
    model.train()
    with torch.no_grad():
        for p in model.parameters():
            if p.dim() < 2 or float(p.abs().max()) < 1e-3:
                p.add_(0.1 * torch.randn_like(p))
        for m in norms:
            m.reset_running_stats()
            m.momentum = None
        for _ in range(3):
            run()
    model.eval()


def torch_gradient(net, wide):
    import torch

    def dense(_, __, out):  # see architectures.py: PyTorch's batch norm is wrong for some strides
        if out.requires_grad:
            out.register_hook(lambda g: g.contiguous())

    for m in [*net.modules(), *wide.modules()]:
        if isinstance(m, torch.nn.modules.batchnorm._BatchNorm):
            m.register_forward_hook(dense)

    def forward(x):
        with torch.no_grad():
            return net(torch.from_numpy(x)).numpy()

    def gradient(x, at, double):
        x = torch.from_numpy(x.astype(np.float64 if double else np.float32)).requires_grad_(True)
        s = (wide if double else net)(x).select(*at).sum()
        s.backward()
        return float(s.detach()), x.grad.numpy().astype(np.float64)

    return forward, gradient


def ultralytics_family(name, out):
    import copy

    import torch
    from ultralytics import YOLO

    size = 64 if "-cls" in name else 160
    torch.manual_seed(1)
    os.chdir(tempfile.mkdtemp())
    yolo = YOLO(name)
    for p in yolo.model.parameters():  # classes begin so improbable that a float32 sigmoid has few digits left
        if p.dim() == 1 and float(p.mean()) < -2:
            p.data.zero_()
    settle(yolo.model, lambda: yolo.model(torch.rand(8, 3, size, size)))
    model = yolo.export(format="onnx", imgsz=size, opset=17, dynamic=True, simplify=False, verbose=False)

    class First(torch.nn.Module):
        def __init__(self, net):
            super().__init__()
            self.net = net

        def forward(self, x):
            y = self.net(x)
            while isinstance(y, (tuple, list)):
                y = y[0]
            return y

    net = First(copy.deepcopy(yolo.model).fuse(verbose=False).eval().requires_grad_(False))
    head = net.net.model[-1]
    for key, value in (("export", True), ("format", "onnx"), ("dynamic", True)):
        if hasattr(head, key):
            setattr(head, key, value)
    wide = copy.deepcopy(net).double()
    forward, gradient = torch_gradient(net, wide)
    write(out, "ultralytics", name, str(model), lambda r: r.uniform(0, 1, (1, 3, size, size)), forward, gradient, size, sum(p.numel() for p in net.parameters()))


def optimum_family(name, out):
    import copy

    import torch
    import transformers as t
    from optimum.exporters.onnx import main_export

    size = {"levit": 224, "mobilevit": 64, "hiera": 224}.get(name, 96)
    labels = {"num_labels": 12}
    small = dict(hidden_size=48, num_hidden_layers=3, num_attention_heads=4, intermediate_size=96, image_size=size)
    make = {
        "vit": lambda: t.ViTForImageClassification(t.ViTConfig(**small, **labels)),
        "deit": lambda: t.DeiTForImageClassification(t.DeiTConfig(**small, **labels)),
        "beit": lambda: t.BeitForImageClassification(t.BeitConfig(**small, use_relative_position_bias=True, **labels)),
        "dinov2": lambda: t.Dinov2ForImageClassification(t.Dinov2Config(hidden_size=48, num_hidden_layers=3, num_attention_heads=4, image_size=size, patch_size=16, **labels)),
        "swin": lambda: t.SwinForImageClassification(t.SwinConfig(embed_dim=24, depths=[1, 2], num_heads=[2, 4], image_size=size, window_size=6, **labels)),
        "convnext": lambda: t.ConvNextForImageClassification(t.ConvNextConfig(hidden_sizes=[16, 32, 48, 64], depths=[1, 1, 2, 1], **labels)),
        "convnextv2": lambda: t.ConvNextV2ForImageClassification(t.ConvNextV2Config(hidden_sizes=[16, 32, 48, 64], depths=[1, 1, 2, 1], **labels)),
        "resnet": lambda: t.ResNetForImageClassification(t.ResNetConfig(embedding_size=16, hidden_sizes=[16, 32, 48, 64], depths=[1, 1, 2, 1], **labels)),
        "regnet": lambda: t.RegNetForImageClassification(t.RegNetConfig(embedding_size=16, hidden_sizes=[16, 32, 48, 64], depths=[1, 1, 2, 1], groups_width=8, **labels)),
        "mobilenet_v1": lambda: t.MobileNetV1ForImageClassification(t.MobileNetV1Config(image_size=size, **labels)),
        "mobilenet_v2": lambda: t.MobileNetV2ForImageClassification(t.MobileNetV2Config(image_size=size, **labels)),
        "mobilevit": lambda: t.MobileViTForImageClassification(t.MobileViTConfig(image_size=size, hidden_sizes=[48, 64, 80], neck_hidden_sizes=[16, 16, 24, 32, 48, 64, 80], **labels)),
        "efficientnet": lambda: t.EfficientNetForImageClassification(t.EfficientNetConfig(image_size=size, width_coefficient=0.5, depth_coefficient=0.5, hidden_dim=640, **labels)),
        "levit": lambda: t.LevitForImageClassification(t.LevitConfig(image_size=size, **labels)),
        "poolformer": lambda: t.PoolFormerForImageClassification(t.PoolFormerConfig(hidden_sizes=[16, 32, 48, 64], depths=[1, 1, 1, 1], **labels)),
        "hiera": lambda: t.HieraForImageClassification(t.HieraConfig(embed_dim=24, depths=[1, 1, 2, 1], num_heads=[1, 2, 4, 8], image_size=[size, size], **labels)),
        "segformer": lambda: t.SegformerForSemanticSegmentation(t.SegformerConfig(hidden_sizes=[16, 32, 48, 64], depths=[1, 1, 1, 1], num_attention_heads=[1, 2, 3, 4], decoder_hidden_size=32, **labels)),
        "detr": lambda: t.DetrForObjectDetection(t.DetrConfig(use_pretrained_backbone=False, use_timm_backbone=True, backbone="resnet18", d_model=48, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4, decoder_attention_heads=4, encoder_ffn_dim=96, decoder_ffn_dim=96, num_queries=9, **labels)),
        "yolos": lambda: t.YolosForObjectDetection(t.YolosConfig(hidden_size=48, num_hidden_layers=3, num_attention_heads=4, intermediate_size=96, image_size=[size, size], num_detection_tokens=9, **labels)),
        "clip_vision": lambda: t.CLIPVisionModel(t.CLIPVisionConfig(**small, patch_size=16)),
    }
    task = {"segformer": "semantic-segmentation", "detr": "object-detection", "yolos": "object-detection", "clip_vision": "feature-extraction"}.get(name, "image-classification")
    torch.manual_seed(1)
    model = make[name]()
    settle(model, lambda: model(pixel_values=torch.randn(8, 3, size, size)))
    model.requires_grad_(False)
    folder = tempfile.mkdtemp()
    model.save_pretrained(folder)
    height = {"height": size, "width": size}
    pathlib.Path(folder, "preprocessor_config.json").write_text(json.dumps({"image_processor_type": "ViTImageProcessor", "size": height, "crop_size": height}))
    main_export(folder, output=f"{folder}/onnx", task=task, opset=17, do_validation=False, height=size, width=size)

    class Only(torch.nn.Module):
        def __init__(self, net):
            super().__init__()
            self.net = net

        def forward(self, x):
            return self.net(pixel_values=x)[0]

    net = Only(model)
    forward, gradient = torch_gradient(net, Only(copy.deepcopy(model).double()))
    write(out, "optimum", name, f"{folder}/onnx/model.onnx", lambda r: r.standard_normal((1, 3, size, size)), forward, gradient, size, sum(p.numel() for p in net.parameters()))


def mmdeploy_family(name, out):
    import copy
    import functools

    import torch

    torch.onnx.export = functools.partial(torch.onnx.export, dynamo=False)  # mmdeploy rewrites for the older of the two
    import cv2
    from mmdeploy.apis import torch2onnx
    from mmengine import Config
    from mmpretrain import get_model

    size = 224 if name.startswith(("swin", "deit", "vgg")) else 64
    torch.manual_seed(1)
    model = get_model(name, pretrained=False)
    settle(model, lambda: model(torch.randn(8, 3, size, size), mode="tensor"))
    model.requires_grad_(False)
    folder = tempfile.mkdtemp()
    torch.save({"state_dict": model.state_dict()}, f"{folder}/weights.pth")
    cv2.imwrite(f"{folder}/image.png", np.random.default_rng(1).integers(0, 255, (size, size, 3), dtype=np.uint8))
    onnx = dict(type="onnx", export_params=True, keep_initializers_as_inputs=False, opset_version=17, save_file="m.onnx", input_names=["input"],
                output_names=["output"], input_shape=[size, size], optimize=True, dynamic_axes={"input": {0: "batch"}, "output": {0: "batch"}})
    deploy = Config(dict(onnx_config=onnx, codebase_config=dict(type="mmpretrain", task="Classification"), backend_config=dict(type="onnxruntime")))
    torch2onnx(f"{folder}/image.png", folder, "m.onnx", deploy, model._config, f"{folder}/weights.pth", "cpu")

    class Probabilities(torch.nn.Module):
        def __init__(self, net):
            super().__init__()
            self.net = net

        def forward(self, x):
            return torch.softmax(self.net(x, mode="tensor"), 1)

    net = Probabilities(model)
    forward, gradient = torch_gradient(net, Probabilities(copy.deepcopy(model).double()))
    write(out, "mmdeploy", name, f"{folder}/m.onnx", lambda r: r.standard_normal((1, 3, size, size)), forward, gradient, size, sum(p.numel() for p in net.parameters()))


FAMILIES = {
    "paddle": (PADDLE, paddle_family),
    "keras": (KERAS, keras_family),
    "kerasexport": (KERAS_EXPORT, lambda name, out: keras_family(name, out, own=True)),
    "ultralytics": (ULTRALYTICS, ultralytics_family),
    "optimum": (OPTIMUM, optimum_family),
    "mmdeploy": (MMDEPLOY, mmdeploy_family),
}
PACKAGES = {"paddle": "paddle2onnx", "keras": "tf2onnx", "kerasexport": "tf2onnx", "ultralytics": "ultralytics", "optimum": "optimum", "mmdeploy": "mmdeploy"}


def main():
    import importlib.util

    out = pathlib.Path(sys.argv[1]).resolve()
    out.mkdir(parents=True, exist_ok=True)
    wanted = sys.argv[2:] or [f"{family}:{name}" for family, (names, _) in FAMILIES.items() if importlib.util.find_spec(PACKAGES[family]) for name in names.split()]
    if len(wanted) > 1:  # a converter that aborts takes its process along
        for each in wanted:
            if code := subprocess.run([sys.executable, __file__, str(out), each]).returncode:
                print(each, "FAILED: its process ended with", code, flush=True)
        return
    for each in wanted:
        family, _, name = each.partition(":")
        try:
            FAMILIES[family][1](name, out)
            print(each, "exported", flush=True)
        except Exception as e:  # a name that cannot be exported is named, the rest goes on
            print(each, "FAILED:", type(e).__name__, str(e).strip().splitlines()[:1], flush=True)
            traceback.print_exc()


if __name__ == "__main__":
    main()
