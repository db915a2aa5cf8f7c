"""Exports public architectures with random weights to ONNX, with PyTorch's own gradients beside them.

    pip install torch==2.15.0 torchvision==0.29.2 timm==1.0.31 onnx==1.23.2 onnxscript==0.7.2
    python models/grad/testdata/architectures.py OUT [NAME ...]
    SEEWHY_ARCHITECTURES=OUT go test -v -run TestArchitectures ./models/grad

For each NAME: OUT/NAME.onnx, and OUT/NAME.json with the input size, class, logit, and the files of the
input and of d logit / d input, raw little-endian float32.
"""

import copy
import json
import pathlib
import sys

import torch
import torchvision

SIZES = {"alexnet": 224, "vgg11_bn": 224, "inception_v3": 139, "swin_t": 64, "swin_v2_t": 64, "maxvit_t": 224}
NAMES = """resnet18 resnext50_32x4d densenet121 vgg11_bn inception_v3 googlenet squeezenet1_1 mobilenet_v2 mobilenet_v3_small
mobilenet_v3_large efficientnet_b0 efficientnet_v2_s regnet_y_400mf regnet_x_400mf convnext_tiny mnasnet1_0 shufflenet_v2_x1_0
wide_resnet50_2 alexnet swin_t swin_v2_t maxvit_t""".split()
TIMM = """timm:deit_tiny_patch16_224 timm:vit_tiny_patch16_224 timm:mobilevit_xxs timm:pvt_v2_b0 timm:beit_base_patch16_224 timm:vit_small_patch14_dinov2
timm:mixer_s32_224 timm:resmlp_12_224 timm:levit_128s timm:poolformer_s12 timm:ghostnet_100 timm:hrnet_w18_small timm:dla34
timm:efficientformer_l1 timm:tinynet_e timm:repvgg_a0 timm:nfnet_l0 timm:edgenext_xx_small timm:xcit_nano_12_p16_224 timm:cait_xxs24_224
timm:coat_lite_tiny timm:convmixer_768_32 timm:crossvit_tiny_240 timm:eca_resnet33ts timm:fbnetc_100 timm:gcresnet33ts
timm:gernet_s timm:lcnet_050 timm:mnasnet_small timm:res2net50_14w_8s timm:resnest14d timm:rexnet_100 timm:selecsls42b
timm:semnasnet_075 timm:sequencer2d_s timm:skresnet18 timm:spnasnet_100 timm:tresnet_m timm:twins_pcpvt_small timm:volo_d1_224
timm:xception41 timm:regnetz_b16 timm:fastvit_t8 timm:repvit_m1 timm:efficientvit_b0 timm:mobilenetv4_conv_small timm:starnet_s1""".split()


def build(name):
    if name.startswith("timm:"):
        import timm

        model = timm.create_model(name[5:], pretrained=False)
        return model, model.pretrained_cfg["input_size"][-1]
    extra = {"aux_logits": False, "init_weights": True} if name in ("inception_v3", "googlenet") else {}
    return getattr(torchvision.models, name)(weights=None, **extra), SIZES.get(name, 64)


def export(name, out):
    torch.manual_seed(1)
    model, size = build(name)
    model.train()
    with torch.no_grad():  # statistics of batch norm that are not all 0 and 1
        for _ in range(2):
            model(torch.randn(4, 3, size, size))
    model.eval().requires_grad_(False)
    x = torch.randn(1, 3, size, size)
    c = int(model(x)[0].argmax())
    # The reference gradient is float64: float32 convolutions of some CPU kernels disagree with their own differences.
    wide = x.double().requires_grad_(True)
    y = copy.deepcopy(model).double()(wide)
    y[0, c].backward()
    stem = name.replace(":", "_")
    torch.onnx.export(model, (x,), str(out / f"{stem}.onnx"), opset_version=17, dynamo=False,
                      input_names=["image"], output_names=["logits"], dynamic_axes={"image": {0: "N"}, "logits": {0: "N"}})
    x.numpy().astype("<f4").tofile(out / f"{stem}.x")
    wide.grad.contiguous().numpy().astype("<f4").tofile(out / f"{stem}.g")
    (out / f"{stem}.json").write_text(json.dumps({"name": name, "size": size, "class": c, "logit": float(y[0, c])}))


if __name__ == "__main__":
    out = pathlib.Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[2:] or NAMES + TIMM:
        try:
            export(name, out)
            print(name, "exported", flush=True)
        except Exception as e:  # a name that cannot be exported is named, the rest goes on
            print(name, "FAILED:", str(e).splitlines()[0][:200], flush=True)
