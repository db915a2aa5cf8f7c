package engine

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	stdruntime "runtime"
	"slices"
	"strconv"
	"testing"
	"time"

	"seewhy/analysis/method"
)

// BenchmarkBesidePeers runs our methods of the input in turn with those of
// Captum and Zennit in PyTorch, on the same networks, machine and number of
// threads, and reports the ratio of the medians. What it needs, and
// how the peers are set up, stands in ../method/testdata/speed.py; it skips
// without SEEWHY_SPEED and SEEWHY_PYTHON.
func BenchmarkBesidePeers(b *testing.B) {
	dir, python := os.Getenv("SEEWHY_SPEED"), os.Getenv("SEEWHY_PYTHON")
	if dir == "" || python == "" {
		b.Skip("SEEWHY_SPEED and SEEWHY_PYTHON name no networks and no Python; testdata/speed.py tells how")
	}
	for _, name := range []string{"resnet50", "mobilenet_v2", "squeezenet1_1"} {
		path := filepath.Join(dir, name+".onnx")
		if _, err := os.Stat(path); err != nil {
			b.Logf("%s is not there", path)
			continue
		}
		for _, id := range []string{
			"saliency", "inputxgradient", "integratedgradients", "smoothgrad", "guidedbackprop", "deconvnet", "deeplift", "lrp",
		} {
			b.Run(name+"/"+id, func(b *testing.B) {
				peer, ok := startPeer(b, python, name, id)
				if !ok {
					return
				}
				s := openBench(b, path)
				how, err := method.ByID(id)
				if err != nil {
					b.Fatal(err)
				}
				params, err := how.Resolve(nil)
				if err != nil {
					b.Fatal(err)
				}
				r := method.Request{Input: s.x, Layout: "NCHW", Score: s.score, Params: params, Seed: 1}
				var theirs []time.Duration
				t := turns(b, func() {
					if _, err := how.Explain(context.Background(), s.on, r, nil); err != nil {
						b.Fatal(err)
					}
				}, func() { theirs = append(theirs, peer.round(b)) })
				slices.Sort(theirs)
				b.ReportMetric(float64(t[0].Microseconds())/1000, "ours-ms")
				b.ReportMetric(float64(theirs[len(theirs)/2].Microseconds())/1000, "theirs-ms")
				b.ReportMetric(float64(theirs[len(theirs)/2])/float64(t[0]), "x-faster")
			})
		}
	}
}

// python is a process of speed.py: it explains once for every line it reads.
type python struct {
	in  *os.File
	out *bufio.Scanner
}

// startPeer starts the peer of a method; ok is false where it cannot.
func startPeer(b *testing.B, program, network, id string) (p python, ok bool) {
	b.Helper()
	c := exec.Command(program, "../method/testdata/speed.py", network, id, strconv.Itoa(stdruntime.NumCPU()))
	in, ours, err := os.Pipe()
	if err != nil {
		b.Fatal(err)
	}
	defer in.Close()
	c.Stdin = in
	out, err := c.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := c.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		ours.Close()
		// It ends when its input does; how is of no interest.
		_ = c.Wait()
	})
	p = python{in: ours, out: bufio.NewScanner(out)}
	if !p.out.Scan() || p.out.Text() != "ready" {
		b.Logf("%s on %s: %s", id, network, p.out.Text())
		return p, false
	}
	return p, true
}

func (p python) round(b *testing.B) time.Duration {
	b.Helper()
	fmt.Fprintln(p.in)
	if !p.out.Scan() {
		b.Fatal("Python ended")
	}
	ms, err := strconv.ParseFloat(p.out.Text(), 64)
	if err != nil {
		b.Fatal(err)
	}
	return time.Duration(ms * float64(time.Millisecond))
}
