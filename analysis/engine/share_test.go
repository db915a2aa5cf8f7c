package engine

import (
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"seewhy/analysis/method"
	"seewhy/models/runtime"
)

// sharing is set in the processes of TestTwoProcessesOnDevice.
const sharing = "SEEWHY_TEST_SHARING"

// Two programs compute on one device at once, each within a budget, and get
// the gradient that one alone gets.
func TestTwoProcessesOnDevice(t *testing.T) {
	device := os.Getenv(testDevice)
	if device == "" {
		device = runtime.CPU
	}
	e := newTestEngine(t, Options{MemoryBudget: 8 << 20})
	p := openPeer(t, e, "resnet")
	if os.Getenv(sharing) != "" {
		p.on.device = device
		want, err := (&session{e: e, m: p.on.m, device: runtime.CPU}).Gradient(t.Context(), p.x, p.score, method.GradientQuery{Input: true})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			got, err := p.on.Gradient(t.Context(), p.x, p.score, method.GradientQuery{Input: true})
			if err != nil {
				t.Fatal(err)
			}
			if d := apart(want.Input.Data, got.Input.Data); !(d <= 1e-3) {
				t.Fatalf("off by %.2g of the length", d)
			}
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
