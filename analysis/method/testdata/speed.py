"""Times explainers of other packages on PyTorch's CPU, for the benchmark that runs ours in turn with them.

    pip install -r analysis/method/testdata/requirements.txt torchvision==0.29.2
    pip install --no-deps lxt==2.1
    python models/grad/testdata/speed.py export OUT resnet50 resnet18 mobilenet_v2 squeezenet1_1 timm:vit_tiny_patch16_224
    SEEWHY_SPEED=OUT SEEWHY_PYTHON=python go test -run '^$' -bench BesidePeers -benchtime 3x -timeout 3h ./analysis/engine

`speed.py NETWORK THREADS PICTURE` says "ready" and then answers every line on standard input, a row of the benchmark,
with the milliseconds of one explanation of the picture (float32, NCHW), or with "cannot: " and the reason. Weights are
random: the time does not depend on them. A row gets a network of its own, and its explainer is made and has run once
before anything is timed (hooks, canonizers), as our sessions are. Many points and samples go in batches of 8, where the
package lets them: Captum's GradientShap and DeepLiftShap take all at once.
"""

import gc
import sys
import time
import types
import warnings

import numpy as np
import torch
import torchvision

CLASS, BATCH = 1, 8
X = None  # the picture


def network(name, fused=True):
    torch.manual_seed(1)
    if name.startswith("timm_"):
        import timm
        import timm.layers

        timm.layers.set_fused_attn(fused)
        return timm.create_model(name[5:], pretrained=False).eval()
    model = getattr(torchvision.models, name)(weights=None).eval()
    for m in model.modules():
        if hasattr(m, "inplace"):
            m.inplace = False  # Captum's guided methods need it
        if isinstance(m, torchvision.models.resnet.Bottleneck):
            # Captum's DeepLIFT refuses a ReLU that is used twice.
            m.relu2, m.relu3 = torch.nn.ReLU(), torch.nn.ReLU()
            m.forward = types.MethodType(bottleneck, m)
    return model


def bottleneck(m, x):
    y = m.relu2(m.bn2(m.conv2(m.relu(m.bn1(m.conv1(x))))))
    y = m.bn3(m.conv3(y))
    return m.relu3(y + (x if m.downsample is None else m.downsample(x)))


def layers(model, name):
    """Where ours look: the last layer that keeps places, and the last of each resolution."""
    if name.startswith("timm_"):
        return [model.blocks[-1].norm1]
    if name.startswith("resnet"):
        return [model.relu, model.layer1[-1], model.layer2[-1], model.layer3[-1], model.layer4[-1]]
    return [model.features]


def tokens(t):
    side = int(t.shape[1] ** 0.5)
    return t[:, t.shape[1] - side * side :].reshape(t.shape[0], side, side, -1).permute(0, 3, 1, 2)


def grad_cam(name, row):
    """pytorch-grad-cam: a row is ours and its options."""
    import pytorch_grad_cam as pgc
    from pytorch_grad_cam.ablation_layer import AblationLayerVit
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    id, *options = row.split(",")
    model, to, vit = network(name), [ClassifierOutputTarget(CLASS)], name.startswith("timm_")
    at, given = layers(model, name), {"reshape_transform": tokens} if vit else {}
    makes = {
        "gradcam": pgc.GradCAM, "gradcam++": pgc.GradCAMPlusPlus, "xgradcam": pgc.XGradCAM, "hirescam": pgc.HiResCAM,
        "elementwisecam": pgc.GradCAMElementWise, "layercam": pgc.LayerCAM, "eigencam": pgc.EigenCAM,
        "eigengradcam": pgc.EigenGradCAM, "segeigencam": pgc.SegEigenCAM, "kpcacam": pgc.KPCA_CAM, "fem": pgc.FEM,
        "shapleycam": pgc.ShapleyCAM, "scorecam": pgc.ScoreCAM,
    }
    if id == "dff":
        # Ours says what the classifier makes of each concept too.
        make = pgc.DeepFeatureFactorization(model, at[-1], computation_on_concepts=model.fc)
        return lambda: make(X, 5)
    if id == "fullgrad":
        make = pgc.FullGrad(model, [])
    elif id == "refinecam":
        make = pgc.RefineCAM(model, at)
    elif id == "ablationcam":
        more = {"ablation_layer": AblationLayerVit()} if vit else {}
        make = pgc.AblationCAM(model, at[-1:], batch_size=BATCH, **given, **more)
    else:
        make = makes[id](model, at[-1:], **given)
    make.batch_size = BATCH
    x = X.clone().requires_grad_(True) if id == "shapleycam" else X
    return lambda: make(x, to, **{o: True for o in options})


def captum(name, row):
    import captum.attr as ca

    model, t = network(name), {"target": CLASS}
    last = layers(model, name)[-1]
    plain = {
        "saliency": ca.Saliency, "inputxgradient": ca.InputXGradient, "guidedbackprop": ca.GuidedBackprop,
        "deconvnet": ca.Deconvolution, "deeplift": ca.DeepLift, "lrp,epsilon": ca.LRP,
    }
    if row in plain:
        make = plain[row](model)
        return lambda: make.attribute(X, **t)
    kinds = {"smoothgrad": "smoothgrad", "smoothgrad2": "smoothgrad_sq", "vargrad": "vargrad"}
    if row in kinds:
        make = ca.NoiseTunnel(ca.Saliency(model))
        return lambda: make.attribute(X, nt_type=kinds[row], nt_samples=25, nt_samples_batch_size=BATCH, stdevs=0.15, **t)
    path = {"n_steps": 50, "internal_batch_size": BATCH, **t}
    paths = {"conductance": ca.LayerConductance, "internalinfluence": ca.InternalInfluence}
    if row in paths:
        make = paths[row](model, last)
        return lambda: make.attribute(X, **path)
    if row == "integratedgradients":
        make = ca.IntegratedGradients(model)
        return lambda: make.attribute(X, **path)
    if row == "gradientshap":
        make = ca.GradientShap(model)
        return lambda: make.attribute(X, torch.zeros_like(X), n_samples=50, stdevs=0.15, **t)
    if row == "deepliftshap":
        make, bases = ca.DeepLiftShap(model), 0.15 * torch.randn(10, *X.shape[1:])
        return lambda: make.attribute(X, bases, **t)
    if row in ["guidedgradcam", "channel"]:
        make = ca.GuidedGradCam(model, last) if row == "guidedgradcam" else ca.LayerActivation(model, last)
        return lambda: make.attribute(X, **(t if row == "guidedgradcam" else {}))
    if row == "occlusion":
        make = ca.Occlusion(model)
        return lambda: make.attribute(X, (3, 32, 32), (3, 16, 16), perturbations_per_eval=BATCH, **t)
    make = {"lime": ca.Lime, "kernelshap": ca.KernelShap}[row](model)
    cell = torch.arange(224) // 32
    mask = (7 * cell[:, None] + cell).expand(1, 3, 224, 224)
    return lambda: make.attribute(X, feature_mask=mask, n_samples=200, perturbations_per_eval=BATCH, **t)


def zennit(name, row):
    from zennit import composites
    from zennit.attribution import Gradient
    from zennit.canonizers import SequentialMergeBatchNorm
    from zennit.torchvision import ResNetCanonizer

    kind = {"plus-flat": composites.EpsilonPlusFlat, "plus": composites.EpsilonPlus, "alpha2-beta1": composites.EpsilonAlpha2Beta1}
    canonizer = ResNetCanonizer() if name.startswith("resnet") else SequentialMergeBatchNorm()
    # The canonizer asks for torchvision's own blocks.
    model = getattr(torchvision.models, name)(weights=None).eval()
    make = Gradient(model=model, composite=kind[row.split(",")[1]](canonizers=[canonizer]))
    make.__enter__()
    one_hot = torch.eye(1000)[[CLASS]]
    return lambda: make(X, lambda out: out * one_hot)


def torch_cam(name, row):
    import torchcam.methods as tc

    if row == "legrad":
        # It knows torchvision's ViT alone: one of the same size.
        vit = torchvision.models.VisionTransformer(224, 16, 12, 3, 192, 768).eval()
        make = tc.LeGrad(vit, list(vit.encoder.layers))

        def legrad():
            vit(X)
            make(CLASS)

        return legrad
    model = network(name)
    make = tc.SmoothGradCAMpp(model, layers(model, name)[-1], num_samples=4)

    def smooth():
        model(X)
        make(CLASS)

    return smooth


def pair(name, row):
    import saliency.core as pair

    model, picture = network(name), X[0].permute(1, 2, 0).numpy()

    def gradient(batch, call_model_args=None, expected_keys=None):
        v = torch.tensor(np.asarray(batch), dtype=torch.float32).permute(0, 3, 1, 2).requires_grad_(True)
        g = torch.autograd.grad(model(v)[:, CLASS].sum(), v)[0]
        return {pair.base.INPUT_OUTPUT_GRADIENTS: g.permute(0, 2, 3, 1).numpy()}

    if row == "blurig":
        return lambda: pair.BlurIG().GetMask(picture, gradient, max_sigma=50, steps=50, batch_size=BATCH)
    if row == "guidedig":
        # NumPy 2 knows the argument that PAIR gives it under another name.
        quantile = np.quantile
        np.quantile = lambda a, q, interpolation=None, **more: quantile(a, q, method=interpolation or "linear", **more)
        return lambda: pair.GuidedIG().GetMask(picture, gradient, x_baseline=np.zeros_like(picture), x_steps=50, max_dist=0.02)
    options = pair.XRAIParameters(steps=25)
    return lambda: pair.XRAI().GetMask(picture, gradient, batch_size=BATCH, extra_parameters=options)


def shap(name, _):
    import shap

    model, picture = network(name), X.permute(0, 2, 3, 1).numpy()

    def scores(batch):
        with torch.no_grad():
            return model(torch.from_numpy(np.ascontiguousarray(batch, dtype=np.float32)).permute(0, 3, 1, 2))[:, [CLASS]].numpy()

    make = shap.PartitionExplainer(scores, shap.maskers.Image("blur(128,128)", picture.shape[1:]))
    return lambda: make(picture, max_evals=500, batch_size=BATCH, silent=True)


def lxt(name, _):
    import composites

    model, x = network(name, fused=False).requires_grad_(False), X.clone().requires_grad_(True)
    held = composites.attn_rules(model, 0.05, 0.25, True)
    held.__enter__()

    def run(held=held):
        out = model(x)[0, CLASS]
        return torch.autograd.grad(out, x, out.detach())

    return run


def papers(name, row):
    """The formulas of the papers on attention that PyTorch's hooks catch; no package holds them."""
    import transformers

    net = types.SimpleNamespace(model=network(name, fused=False), x=X, target=CLASS)
    if row == "rollout":

        def rollout():
            caught, hooks = [], [
                m.attn_drop.register_forward_hook(lambda _m, _i, out: caught.append(out))
                for m in net.model.modules() if hasattr(m, "attn_drop") and hasattr(m, "qkv")
            ]
            with torch.no_grad():
                net.model(X)
                transformers.rollout(caught)
            for h in hooks:
                h.remove()

        return rollout
    # The gradient of attention alone, as ours: none of the weights.
    net.model.requires_grad_(False)
    net.x = X.clone().requires_grad_(True)
    return lambda: transformers.attribution(*transformers.attention(net))


PEERS = {"grad-cam": grad_cam, "captum": captum, "zennit": zennit, "torch-cam": torch_cam, "saliency": pair, "shap": shap, "lxt": lxt, "papers": papers}


def answer(name, line, held):
    """One timed run of a row, "PEER ROW"; held is what is there of the row that ran last."""
    if held.get("line") != line:
        held.clear()
        gc.collect()
        peer, row = line.split()
        held.update(line=line, run=PEERS[peer](name, row))
        held["run"]()
    start = time.perf_counter()
    held["run"]()
    return (time.perf_counter() - start) * 1000


def main(name, threads, picture):
    global X
    warnings.filterwarnings("ignore")
    torch.set_num_threads(threads)
    X = torch.from_numpy(np.fromfile(picture, "<f4").reshape(1, 3, 224, 224))
    held = {}
    print("ready", flush=True)
    for line in sys.stdin:
        try:
            print(f"took: {answer(name, line.strip(), held):.4f}", flush=True)
        except Exception as e:  # some packages cannot explain some networks; the benchmark says so
            held.clear()
            print("cannot:", type(e).__name__, *str(e).splitlines()[:1], flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
