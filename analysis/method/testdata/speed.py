"""Times explainers of other packages on torchvision's networks, for the benchmark that runs ours in turn with them.

    pip install -r analysis/method/testdata/requirements.txt
    python3 models/grad/testdata/speed.py export OUT resnet50 mobilenet_v2 squeezenet1_1
    SEEWHY_SPEED=OUT SEEWHY_PYTHON=python go test -run '^$' -bench BesidePeers -benchtime 10x -timeout 60m ./analysis/engine

`speed.py MODEL METHOD THREADS` answers every line on standard input with the milliseconds of one explanation of one
picture, after a first line that is "ready", or says why the package cannot. Weights are random: the time does not
depend on them. Preparing (hooks, canonizers) is not counted, as our sessions are not.
"""

import sys
import time

import torch
import torchvision

THREADS = int(sys.argv[3])
torch.set_num_threads(THREADS)
torch.manual_seed(1)


def network(name):
    model = getattr(torchvision.models, name)(weights=None).eval()
    for m in model.modules():
        if hasattr(m, "inplace"):
            m.inplace = False
    return model


def explainer(name, method):
    import captum.attr as ca

    model, x = network(name), torch.randn(1, 3, 224, 224)
    one = {
        "saliency": ca.Saliency, "inputxgradient": ca.InputXGradient, "guidedbackprop": ca.GuidedBackprop,
        "deconvnet": ca.Deconvolution, "deeplift": ca.DeepLift,
    }
    if method in one:
        make = one[method](model)
        return lambda: make.attribute(x, target=1)
    if method == "integratedgradients":
        make = ca.IntegratedGradients(model)
        return lambda: make.attribute(x, target=1, n_steps=50, internal_batch_size=8)
    if method == "smoothgrad":
        make = ca.NoiseTunnel(ca.Saliency(model))
        return lambda: make.attribute(x, target=1, nt_samples=25, nt_samples_batch_size=8, stdevs=0.15)
    if method == "lrp":
        from zennit.attribution import Gradient
        from zennit.composites import EpsilonPlusFlat
        from zennit.torchvision import ResNetCanonizer
        from zennit.canonizers import SequentialMergeBatchNorm

        canonizer = ResNetCanonizer() if name.startswith("resnet") else SequentialMergeBatchNorm()
        attributor = Gradient(model=model, composite=EpsilonPlusFlat(canonizers=[canonizer]))
        attributor.__enter__()
        one_hot = torch.eye(1000)[[1]]
        return lambda: attributor(x, lambda out: out * one_hot)
    raise SystemExit(f"no peer for {method}")


def main():
    run = explainer(sys.argv[1], sys.argv[2])
    try:
        run()
    except Exception as e:  # some packages cannot explain some networks; the benchmark says so
        print("cannot:", str(e).splitlines()[0], flush=True)
        return
    print("ready", flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        run()
        print(f"{(time.perf_counter() - start) * 1000:.3f}", flush=True)


if __name__ == "__main__":
    main()
