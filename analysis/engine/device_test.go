package engine

import (
	"context"
	"math"
	"os"
	"slices"
	"testing"

	"seewhy/analysis/method"
	"seewhy/analysis/task"
)

// testDevice names the execution provider of TestMethodsOnDevice;
// scripts/test.sh sets it where a driver is at hand. With testDeviceAll every
// method is compared, not one of each family.
const (
	testDevice    = "SEEWHY_TEST_DEVICE"
	testDeviceAll = "SEEWHY_TEST_DEVICE_ALL"
)

// familyMembers are the methods that stand for their families, with the network
// that each is compared on: a driver in software compiles every kernel anew for
// each, and that takes most of the time.
var familyMembers = map[string][]string{
	"gradcam": {"resnet", "vit"}, "saliency": {"resnet", "vit"}, "lrp": {"resnet"}, "transformerattribution": {"vit"}, "channel": {"resnet"},
	// With rise, one for each kind of samples that are made inside the graph.
	"rise": {"resnet"}, "integratedgradients": {"resnet"}, "kernelshap": {"resnet"},
}

// A map made on another device is the CPU's map. The bound is 1e-3 of the
// largest value, a thousand times float32's rounding: the sums are of other
// order, and what is close to a kink may fall on its other side.
func TestMethodsOnDevice(t *testing.T) {
	device := os.Getenv(testDevice)
	if device == "" {
		t.Skip(testDevice + " names no device")
	}
	e := newTestEngine(t, Options{})
	for _, net := range []string{"resnet", "vit"} {
		p := openPeer(t, e, net)
		other := &session{e: p.on.e, m: p.on.m, device: device}
		layer, err := layerOf(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, info := range p.info.Methods {
			if info.Why != "" || !slices.Contains(familyMembers[info.ID], net) && os.Getenv(testDeviceAll) == "" {
				continue
			}
			t.Run(net+" "+info.ID, func(t *testing.T) {
				how, err := method.ByID(info.ID)
				if err != nil {
					t.Fatal(err)
				}
				given := map[string]float64{}
				for _, q := range how.Params {
					// Few samples show as much: on a software driver each takes seconds.
					if q.ID == "steps" || q.ID == "samples" || q.ID == "masks" {
						given[q.ID] = max(q.Min, 8)
					}
				}
				params, err := how.Resolve(given)
				if err != nil {
					t.Fatal(err)
				}
				plain := []float64{-1.5, -1.5, -1.5}
				explain := func(s method.Session) task.Map {
					r := method.Request{
						Input: p.x, Layout: "NCHW", Score: p.score, Layer: layer, Params: params, Seed: 1, Black: plain, White: plain,
						Attentions: p.on.m.tokens.order,
					}
					a, err := how.Explain(context.Background(), s, r, nil)
					if err != nil {
						t.Fatal(err)
					}
					return a.Map
				}
				want, got := explain(p.on), explain(other)
				if _, furthest := alike(got, want.Values, false); !(furthest <= 1e-3) || math.IsNaN(furthest) {
					t.Errorf("%s differs from the CPU by %.2g of the largest value", device, furthest)
				}
			})
		}
	}
}

// layerOf is the value that Auto picks.
func layerOf(p peer) (string, error) {
	w := work{task: task.Task{Layer: task.Auto}, model: p.on.m, on: p.on}
	return w.layer(method.Needs{Layer: true, LayerGradient: true})
}
