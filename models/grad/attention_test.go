package grad_test

import (
	"slices"
	"testing"

	"seewhy/models/grad"
	"seewhy/models/onnx"
	"seewhy/models/runtime"
	"seewhy/models/tensor"
)

// open prepares a network of the peers' comparison.
func open(t *testing.T, name string) (*grad.Prepared, grad.Scores) {
	t.Helper()
	lib := library(t)
	m, err := onnx.ReadFile("../../analysis/method/testdata/peers/" + name + ".onnx")
	if err != nil {
		t.Fatal(err)
	}
	p, err := grad.Prepare(m, "input", []int{-1, 3, 48, 48}, oracle{lib})
	if err != nil {
		t.Fatal(err)
	}
	s, err := grad.FindScores(p.Model.Graph, p.Facts)
	if err != nil {
		t.Fatal(err)
	}
	return p, s
}

// A small ViT (a class token and 6 x 6 patches) and a small Swin (12 x 12, then
// 6 x 6 tokens in windows of 3 x 3, shifted in every second block): every
// matrix is found, and the layer that goes into the last block of attention.
func TestAttentionsAndTokenLayers(t *testing.T) {
	p, s := open(t, "vit")
	layers, natural := grad.Layers(p, s.Logits)
	grid := grad.Grid{Prefix: 1, Height: 6, Width: 6}
	if l := layers[natural]; l.Kind != "tokens" || l.Fold.Grid != grid || !slices.Equal(l.Shape, []int{37, 32}) || l.Op != "LayerNormalization" {
		t.Errorf("natural layer %+v", l)
	}
	list := grad.Attentions(p, s.Logits)
	if len(list) != 4 {
		t.Fatalf("%d attentions", len(list))
	}
	for _, a := range list {
		if a.Heads != 4 || a.Windows != 1 || a.Queries != 37 || a.Keys != 37 || a.KeyGrid != grid || !a.Self || !slices.Equal(a.Class, []int{0}) {
			t.Errorf("attention %+v", a)
		}
	}
	// Behind the last attention, only the class token is read.
	after := 0
	for _, l := range layers[natural+1:] {
		if l.Candidate {
			after++
		}
	}
	if after != 0 || !layers[natural].Candidate {
		t.Errorf("%d natural layers behind it", after)
	}

	p, s = open(t, "swin")
	layers, natural = grad.Layers(p, s.Logits)
	if l := layers[natural]; l.Fold.Grid != (grad.Grid{Height: 6, Width: 6}) || l.Fold.Channels() != 32 {
		t.Errorf("natural layer %+v", l)
	}
	list = grad.Attentions(p, s.Logits)
	if len(list) != 4 {
		t.Fatalf("%d attentions", len(list))
	}
	for i, a := range list {
		side := 12 >> (i / 2)
		// In the shifted blocks windows begin one row and column further.
		shift := i % 2
		if a.Heads != 2<<(i/2) || a.Windows != side*side/9 || a.Queries != 9 || !a.Self || len(a.Class) != 0 {
			t.Errorf("attention %+v", a)
		}
		for w := range a.Windows {
			for k := range 9 {
				y := (w/(side/3)*3 + k/3 + shift) % side
				x := (w%(side/3)*3 + k%3 + shift) % side
				if got := a.KeyCells[9*w+k]; got != y*side+x {
					t.Fatalf("attention %d, window %d, token %d is cell %d, want %d", i, w, k, got, y*side+x)
				}
			}
		}
	}
}

// A convolutional network has none.
func TestNoAttentionInAConvolutionalNetwork(t *testing.T) {
	p, s := open(t, "resnet")
	if list := grad.Attentions(p, s.Logits); len(list) != 0 {
		t.Errorf("attentions %+v", list)
	}
}

// Apply puts windows, heads, queries and keys in order: rows of a softmax add
// up to one along the last axis, whatever the graph's order.
func TestAttentionRowsAddUpToOne(t *testing.T) {
	for _, name := range []string{"vit", "swin"} {
		p, s := open(t, name)
		lib := library(t)
		for _, a := range grad.Attentions(p, s.Logits) {
			data, err := onnx.Marshal(grad.Forward(p, a.Value))
			if err != nil {
				t.Fatal(err)
			}
			run, err := lib.NewSession(data, []string{"input"}, []string{a.Value}, runtime.Options{Device: runtime.CPU})
			if err != nil {
				t.Fatal(err)
			}
			x := tensor.New(2, 3, 48, 48)
			for i := range x.Data {
				x.Data[i] = float32(i%7) - 3
			}
			out, err := run.Run(t.Context(), []tensor.Tensor{x})
			run.Close()
			if err != nil {
				t.Fatal(err)
			}
			got, err := a.Apply(out[0])
			if err != nil {
				t.Fatal(err)
			}
			if want := []int{2, a.Windows, a.Heads, a.Queries, a.Keys}; !slices.Equal(got.Shape, want) {
				t.Fatalf("shape %v, want %v", got.Shape, want)
			}
			for row := 0; row < got.Len(); row += a.Keys {
				sum := float32(0)
				for _, v := range got.Data[row : row+a.Keys] {
					sum += v
				}
				// Float32 rounding of up to 37 shares.
				if sum < 0.99999 || sum > 1.00001 {
					t.Fatalf("%s: a row adds up to %g", name, sum)
				}
			}
		}
	}
}
