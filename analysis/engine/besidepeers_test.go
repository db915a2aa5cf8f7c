package engine

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"seewhy/analysis/method"
)

// speedMethods are compared with the peer of the same identifier in
// testdata/speedcams.py of the methods.
var speedMethods = []string{
	"gradcam", "gradcam++", "xgradcam", "hirescam", "layercam", "eigencam", "eigengradcam", "kpcacam", "shapleycam",
	"fullgrad", "guidedgradcam", "conductance", "gradientshap",
}

// BenchmarkCAMsBesidePeers times each method and its peer on PyTorch's CPU in turn:
// one ResNet-50, one picture of 224 pixels, as many threads, parameters alike
// (50 steps, 25 or 50 samples, batches of 8). See testdata/speedcams.py.
func BenchmarkCAMsBesidePeers(b *testing.B) {
	folder, python := os.Getenv("SEEWHY_SPEED"), os.Getenv("SEEWHY_PYTHON")
	if folder == "" || python == "" {
		b.Skip("needs SEEWHY_SPEED and SEEWHY_PYTHON: see analysis/method/testdata/speedcams.py")
	}
	s := openBench(b, filepath.Join(folder, "resnet50.onnx"))
	ask := speedPeer(b, python)
	for _, id := range speedMethods {
		b.Run(id, func(b *testing.B) {
			how, err := method.ByID(id)
			if err != nil {
				b.Fatal(err)
			}
			params, err := how.Resolve(nil)
			if err != nil {
				b.Fatal(err)
			}
			r := method.Request{Input: s.x, Layout: "NCHW", Score: s.score, Params: params}
			if how.Needs.Layer {
				r.Layer = s.info.Layers[s.info.Natural].Value
			}
			var peer []time.Duration
			t := turns(b, func() {
				if _, err := how.Explain(context.Background(), s.on, r, nil); err != nil {
					b.Fatal(err)
				}
			}, func() { peer = append(peer, ask(b, id)) })
			b.ReportMetric(float64(t[0].Microseconds())/1000, "ours-ms")
			theirs := medianOf(peer[1:])
			b.ReportMetric(float64(theirs.Microseconds())/1000, "peer-ms")
			b.ReportMetric(float64(theirs)/float64(t[0]), "times-faster")
		})
	}
}

// speedPeer starts the peer and returns what asks it for one run of a method.
func speedPeer(b *testing.B, python string) func(b *testing.B, id string) time.Duration {
	b.Helper()
	c := exec.Command(python, "../method/testdata/speedcams.py", strconv.Itoa(runtime.GOMAXPROCS(0)))
	c.Stderr = os.Stderr
	in, err := c.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := c.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		in.Close()
		_ = c.Wait() // What it had to say stands on stderr.
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() && lines.Text() != "ready" {
	}
	return func(b *testing.B, id string) time.Duration {
		b.Helper()
		fmt.Fprintln(in, id)
		for lines.Scan() {
			// Packages print warnings of their own.
			if ms, err := strconv.ParseFloat(strings.TrimSpace(lines.Text()), 64); err == nil {
				return time.Duration(ms * float64(time.Millisecond))
			}
		}
		b.Fatalf("the peer ended at %s", id)
		return 0
	}
}
