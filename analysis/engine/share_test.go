package engine

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"seewhy/analysis/method"
	"seewhy/models/onnx"
	"seewhy/models/runtime"
)

// sharing is set in the processes of TestTwoProcessesOnDevice; ready is what each
// says before it computes on the device.
const (
	sharing = "SEEWHY_TEST_SHARING"
	ready   = "ready to share"
)

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
		// The other program is let go at the same time.
		fmt.Println(ready)
		if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
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
	newTestEngine(t, Options{}) // or the test is skipped
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var all, begun sync.WaitGroup
	begun.Add(2)
	for range 2 {
		c := exec.CommandContext(t.Context(), exe, "-test.run=^TestTwoProcessesOnDevice$", "-test.v")
		c.Env = append(os.Environ(), sharing+"=1")
		letGo, err := c.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		all.Go(func() {
			var said strings.Builder
			once := sync.OnceFunc(begun.Done)
			for lines := bufio.NewScanner(out); lines.Scan(); {
				fmt.Fprintln(&said, lines.Text())
				if lines.Text() == ready {
					once()
					begun.Wait()
					letGo.Close()
				}
			}
			// Whoever ends without a word holds the other up no longer.
			once()
			if err := c.Wait(); err != nil || !strings.Contains(said.String(), ready) || !strings.Contains(said.String(), "--- PASS: TestTwoProcessesOnDevice") {
				t.Errorf("%v: %s", err, said.String())
			}
		})
	}
	all.Wait()
}
