package engine

import (
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"seewhy/analysis/method"
	"seewhy/models/onnx"
	"seewhy/models/runtime"
)

// sharing is set in the processes of TestTwoProcessesOnDevice.
const sharing = "SEEWHY_TEST_SHARING"

// Two programs compute on one device at once, each within a budget, and get
// the gradient that one alone gets. The network is small: a driver in software
// compiles every kernel, in each program.
func TestTwoProcessesOnDevice(t *testing.T) {
	device := os.Getenv(testDevice)
	if device == "" {
		device = runtime.CPU
	}
	if os.Getenv(sharing) != "" {
		e := newTestEngine(t, Options{MemoryBudget: 8 << 20})
		flat := &onnx.Node{Name: "flat", Op: "Flatten", In: []string{"features"}, Out: []string{"y"}}
		on, _ := openedAt(t, e, oneConv(t, 1, []*onnx.Node{flat}))
		x, score, query := on.samples(1), method.Score{Value: on.m.scores.Logits, Weights: map[int]float64{2: 1}}, method.GradientQuery{Input: true}
		want, err := on.Gradient(t.Context(), x, score, query)
		if err != nil {
			t.Fatal(err)
		}
		got, err := (&session{e: e, m: on.m, device: device}).Gradient(t.Context(), x, score, query)
		if err != nil {
			t.Fatal(err)
		}
		if d := apart(want.Input.Data, got.Input.Data); !(d <= 1e-3) {
			t.Fatalf("off by %.2g of the length", d)
		}
		return
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			c := exec.CommandContext(t.Context(), exe, "-test.run=^TestTwoProcessesOnDevice$", "-test.v")
			c.Env = append(os.Environ(), sharing+"=1")
			out, err := c.CombinedOutput()
			if err != nil || !strings.Contains(string(out), "--- PASS: TestTwoProcessesOnDevice") {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
	all.Wait()
}
