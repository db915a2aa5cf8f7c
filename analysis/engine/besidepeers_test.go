package engine

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"seewhy/analysis/method"
	"seewhy/analysis/task"
	"seewhy/models/tensor"
)

// besideRow is a method beside a peer's: id is ours, with options behind
// commas, which testdata/speed.py of the methods reads too; params make both
// do the same.
type besideRow struct {
	network, peer, row string
	params             map[string]float64
}

const (
	besideResNet = "resnet50"
	besideViT    = "timm_vit_tiny_patch16_224"
)

// besideRows are all methods that a package for PyTorch has too, on a
// ResNet-50; those that ask about every channel on a ResNet-18 of 512; those of
// attention, and some of each family, on a ViT; those of the input again on two
// small networks.
func besideRows() []besideRow {
	var rows []besideRow
	add := func(network, peer, row string, params map[string]float64) {
		rows = append(rows, besideRow{network, peer, row, params})
	}
	for _, id := range []string{
		"gradcam", "gradcam++", "xgradcam", "hirescam", "elementwisecam", "layercam", "eigencam", "eigengradcam", "segeigencam",
		"kpcacam", "fem", "shapleycam", "refinecam", "fullgrad", "dff",
	} {
		add(besideResNet, "grad-cam", id, nil)
	}
	add(besideResNet, "grad-cam", "gradcam,eigen_smooth", map[string]float64{"eigen_smooth": 1})
	add(besideResNet, "grad-cam", "gradcam,aug_smooth", map[string]float64{"aug_smooth": 1})
	add(besideResNet, "torch-cam", "smoothgradcam++", map[string]float64{"samples": 4})
	add("resnet18", "grad-cam", "scorecam", nil)
	add("resnet18", "grad-cam", "ablationcam", nil)

	add(besideResNet, "captum", "channel", map[string]float64{"channel": 1})
	add(besideResNet, "captum", "guidedgradcam", nil)
	for _, id := range []string{"saliency", "inputxgradient", "guidedbackprop", "deconvnet"} {
		add(besideResNet, "captum", id, nil)
	}
	for _, id := range []string{"integratedgradients", "conductance", "internalinfluence", "gradientshap"} {
		given := map[string]float64{"steps": 50}
		if id == "gradientshap" {
			given = map[string]float64{"samples": 50}
		}
		add(besideResNet, "captum", id, given)
	}
	for _, id := range []string{"smoothgrad", "smoothgrad2", "vargrad"} {
		add(besideResNet, "captum", id, map[string]float64{"samples": 25})
	}
	add(besideResNet, "saliency", "blurig", map[string]float64{"steps": 50})
	add(besideResNet, "saliency", "guidedig", map[string]float64{"steps": 50})
	add(besideResNet, "saliency", "xrai", map[string]float64{"steps": 25})

	add(besideResNet, "captum", "deeplift", nil)
	add(besideResNet, "captum", "deepliftshap", map[string]float64{"baselines": 1, "samples": 10})
	add(besideResNet, "zennit", "lrp,plus-flat", map[string]float64{"composite": 0})
	add(besideResNet, "zennit", "lrp,plus", map[string]float64{"composite": 1})
	add(besideResNet, "zennit", "lrp,alpha2-beta1", map[string]float64{"composite": 3})

	add(besideResNet, "captum", "occlusion", map[string]float64{"window": 32, "stride": 16})
	grid := map[string]float64{"samples": 200, "segmentation": 3, "segments": 49, "off": 1}
	add(besideResNet, "captum", "lime", grid)
	add(besideResNet, "captum", "kernelshap", grid)
	add(besideResNet, "shap", "partitionshap", map[string]float64{"samples": 500})

	for _, id := range []string{"gradcam", "layercam", "eigencam", "ablationcam"} {
		add(besideViT, "grad-cam", id, nil)
	}
	add(besideViT, "captum", "saliency", nil)
	add(besideViT, "captum", "integratedgradients", map[string]float64{"steps": 50})
	add(besideViT, "captum", "occlusion", map[string]float64{"window": 32, "stride": 16})
	add(besideViT, "lxt", "attnlrp", nil)
	add(besideViT, "torch-cam", "legrad", map[string]float64{"scores": 1})
	add(besideViT, "papers", "rollout", nil)
	add(besideViT, "papers", "transformerattribution", nil)

	for _, network := range []string{"mobilenet_v2", "squeezenet1_1"} {
		for _, id := range []string{"saliency", "inputxgradient", "guidedbackprop", "deconvnet", "deeplift"} {
			add(network, "captum", id, nil)
		}
		add(network, "captum", "integratedgradients", map[string]float64{"steps": 50})
		add(network, "captum", "smoothgrad", map[string]float64{"samples": 25})
		add(network, "zennit", "lrp,plus-flat", map[string]float64{"composite": 0})
	}
	// Captum's LRP knows nothing of joins that are no modules.
	add("squeezenet1_1", "captum", "lrp,epsilon", map[string]float64{"composite": 2})
	return rows
}

// BenchmarkBesidePeers times each method and its peer on PyTorch's CPU in turn:
// the same network, photograph, parameters and number of threads, batches of 8
// where there are many points. What it needs stands in
// ../method/testdata/speed.py.
func BenchmarkBesidePeers(b *testing.B) {
	folder, python := os.Getenv("SEEWHY_SPEED"), os.Getenv("SEEWHY_PYTHON")
	if folder == "" || python == "" {
		b.Skip("SEEWHY_SPEED and SEEWHY_PYTHON name no networks and no Python; testdata/speed.py tells how")
	}
	rows := map[string][]besideRow{}
	for _, row := range besideRows() {
		rows[row.network] = append(rows[row.network], row)
	}
	for _, network := range slices.Sorted(maps.Keys(rows)) {
		b.Run(network, func(b *testing.B) {
			w := openBeside(b, filepath.Join(folder, network+".onnx"))
			peer := speedPeer(b, python, network, w.x)
			for _, row := range rows[network] {
				b.Run(row.row, func(b *testing.B) { besidePeer(b, w, peer, row) })
			}
		})
	}
}

func besidePeer(b *testing.B, w *work, peer *speed, row besideRow) {
	how, r := w.besideRequest(b, row)
	var theirs []time.Duration
	t := turns(b, func() {
		if _, err := how.Explain(context.Background(), w.on, r, nil); err != nil {
			b.Fatal(err)
		}
	}, func() { theirs = append(theirs, peer.round(b, row.peer+" "+row.row)) })
	median := medianOf(theirs[1:])
	b.ReportMetric(float64(t[0].Microseconds())/1000, "ours-ms")
	b.ReportMetric(float64(median.Microseconds())/1000, "theirs-ms")
	b.ReportMetric(float64(median)/float64(t[0]), "x-faster")
}

// openBeside opens a network with a photograph.
func openBeside(b *testing.B, path string) *work {
	b.Helper()
	e := newTestEngine(b, Options{})
	ctx := context.Background()
	info, err := e.OpenModel(ctx, path, nil)
	if err != nil {
		b.Fatal(err)
	}
	picture, err := e.OpenImage(ctx, "gallery:")
	if err != nil {
		b.Fatal(err)
	}
	w, err := e.ready(ctx, task.Task{Model: info.Ref, Image: picture.Ref, Target: task.Target{Class: 1}, Device: "cpu", Batch: maxBatch})
	if err != nil {
		b.Fatal(err)
	}
	return w
}

// besideRequest is the row's, as the engine makes it of a task.
func (w *work) besideRequest(b *testing.B, row besideRow) (method.Method, method.Request) {
	b.Helper()
	id, _, _ := strings.Cut(row.row, ",")
	how, err := method.ByID(id)
	if err != nil {
		b.Fatal(err)
	}
	params, err := how.Resolve(row.params)
	if err != nil {
		b.Fatal(err)
	}
	w.task.Layer, w.task.Layers = "", nil
	layers, err := w.layers(how)
	if err != nil {
		b.Fatal(err)
	}
	score, err := w.target()
	if err != nil {
		b.Fatal(err)
	}
	black, white := ends(w.task.Preprocess)
	return how, method.Request{
		Input: w.x, Layout: string(w.model.info.Layout), Score: score, Layer: w.task.Layer, Layers: layers, Params: params, Seed: 1,
		Attentions: w.model.tokens.order, Black: black, White: white, Seen: w.seen(),
	}
}

// speed is a process of speed.py.
type speed struct {
	in  io.Writer
	out *bufio.Scanner
}

func speedPeer(b *testing.B, python, network string, x tensor.Tensor) *speed {
	b.Helper()
	picture := filepath.Join(b.TempDir(), "picture.bin")
	data, err := binary.Append(nil, binary.LittleEndian, x.Data)
	if err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(picture, data, 0o644); err != nil {
		b.Fatal(err)
	}
	c := exec.Command(python, "../method/testdata/speed.py", network, strconv.Itoa(runtime.GOMAXPROCS(0)), picture)
	c.Stderr, c.Env = os.Stderr, append(os.Environ(), "TQDM_DISABLE=1")
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
	p := &speed{in: in, out: bufio.NewScanner(out)}
	for p.out.Scan() && p.out.Text() != "ready" {
	}
	return p
}

// round is the time of one run of a row; it ends the benchmark where the
// package cannot.
func (p *speed) round(b *testing.B, row string) time.Duration {
	b.Helper()
	fmt.Fprintln(p.in, row)
	for p.out.Scan() {
		// Packages print things of their own.
		said, ok := strings.CutPrefix(p.out.Text(), "took: ")
		if ms, err := strconv.ParseFloat(said, 64); ok && err == nil {
			return time.Duration(ms * float64(time.Millisecond))
		}
		if why, ok := strings.CutPrefix(p.out.Text(), "cannot: "); ok {
			b.Skipf("%s: %s", row, why)
		}
	}
	b.Fatalf("the peer ended at %s", row)
	return 0
}
