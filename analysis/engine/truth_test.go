package engine_test

import (
	"context"
	"flag"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"seewhy/analysis/engine"
	"seewhy/analysis/heatmap"
	"seewhy/analysis/task"
	"seewhy/assets/gallery"
)

var truth = flag.Bool("truth", false, "score every method on the gallery and write docs/truth.md (minutes)")

// region is what decides in one picture of the gallery, as far as is known.
type region struct {
	sample gallery.Sample
	mask   *image.Alpha
}

// subjects are the main objects of all pictures: what an honest model reads.
func subjects(t *testing.T) []region {
	var out []region
	for _, s := range gallery.Samples() {
		out = append(out, region{s, mask(t, s.Objects[0].Mask)})
	}
	return out
}

// watermarks are those of pictures that show no boat: what makes the biased
// model answer "sailing boat".
func watermarks(t *testing.T) []region {
	var out []region
	for _, s := range gallery.Samples() {
		for _, d := range s.Distractors {
			if d.Kind == "watermark" && s.Pair != "" && s.Class != 0 {
				out = append(out, region{s, mask(t, d.Mask)})
			}
		}
	}
	return out
}

func mask(t *testing.T, name string) *image.Alpha {
	t.Helper()
	m, err := gallery.Mask(name)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// inside explains the model's answer and returns the share of the shown map
// inside the region and the region's share of the picture.
func inside(t *testing.T, e *engine.Engine, model task.ModelRef, how string, r region) (share, area float64, answer int) {
	t.Helper()
	name := strings.TrimSuffix(filepath.Base(r.sample.File), filepath.Ext(r.sample.File))
	img, err := e.OpenImage(context.Background(), "gallery:"+name)
	if err != nil {
		t.Fatal(err)
	}
	// Methods that sample have fast settings: forty pictures at the reference's
	// would take an hour.
	var params map[string]float64
	for _, p := range spec(t, how).Presets {
		if p.ID == "fast" {
			params = p.Params
		}
	}
	res, err := e.Explain(context.Background(), task.Task{Model: model, Image: img.Ref, Method: how, Params: params, Target: task.Target{Class: task.AutoClass}, Device: "cpu"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	f, err := heatmap.Normalise(res.Map, 0)
	if err != nil {
		t.Fatal(err)
	}
	b := r.mask.Bounds()
	v, err := heatmap.Resize(f.Values, f.Width, f.Height, b.Dx(), b.Dy(), true)
	if err != nil {
		t.Fatal(err)
	}
	var in, all, cells float64
	for i, x := range v {
		p := max(float64(x), 0)
		all += p
		if r.mask.Pix[i/b.Dx()*r.mask.Stride+i%b.Dx()] >= 128 {
			in += p
			cells++
		}
	}
	if all == 0 {
		return 0, cells / float64(len(v)), res.Target.Class
	}
	return in / all, cells / float64(len(v)), res.Target.Class
}

// score is a method's mean over regions: share of the map, share of the area.
func score(t *testing.T, e *engine.Engine, model task.ModelRef, how string, regions []region) (share, area float64) {
	for _, r := range regions {
		s, a, _ := inside(t, e, model, how, r)
		share, area = share+s, area+a
	}
	n := float64(len(regions))
	return share / n, area / n
}

// The demonstration holds: the biased model calls marked pictures boats, and
// Grad-CAM shows that it looks at the watermark; the honest model is right, and
// Grad-CAM lies on the subject.
func TestGradCAMFindsThePlantedShortcut(t *testing.T) {
	valuesAlone(t)
	e := open(t)
	models := map[string]task.ModelRef{}
	for _, name := range []string{"honest", "biased"} {
		info, err := e.OpenModel(context.Background(), "builtin:seewhy-scenes-"+name, nil)
		if err != nil {
			t.Fatal(err)
		}
		models[name] = info.Ref
	}
	marks := watermarks(t)
	if len(marks) < 5 {
		t.Fatalf("%d watermarked pictures", len(marks))
	}
	for _, r := range marks {
		share, area, answer := inside(t, e, models["biased"], "gradcam", r)
		if answer != 0 {
			t.Errorf("%s: the biased model answers class %d", r.sample.Title, answer)
		}
		// The last map has 14 x 14 cells, wider than the mark: several times its
		// share of the area is what a right map can reach.
		if share < 3*area {
			t.Errorf("%s: %.1f %% of the map on the watermark, which is %.1f %% of the picture", r.sample.Title, 100*share, 100*area)
		}
		if _, _, answer := inside(t, e, models["honest"], "gradcam", r); answer != r.sample.Class {
			t.Errorf("%s: the honest model answers class %d", r.sample.Title, answer)
		}
	}
	share, area := score(t, e, models["honest"], "gradcam", subjects(t))
	t.Logf("honest: %.1f %% of the map on the subject, %.1f %% of the picture", 100*share, 100*area)
	if share < 1.3*area {
		t.Errorf("honest: %.1f %% of the map on the subject, which is %.1f %% of the picture", 100*share, 100*area)
	}
	if *truth {
		writeTruth(t, e, models)
	}
}

func writeTruth(t *testing.T, e *engine.Engine, models map[string]task.ModelRef) {
	var b strings.Builder
	subject, marks := subjects(t), watermarks(t)
	fmt.Fprintf(&b, `# Methods against a known truth

Made by `+"`go test ./analysis/engine -run PlantedShortcut -truth`"+`. On the gallery the generator knows what decides. For each method with its default parameters (its fast settings where it has such): the mean share of the map (negative values dropped) that lies inside the region, and how many times the region's share of the area that is. 1 is what an even map would reach.

- **Shortcut**: the biased model on %d pictures that show no boat and carry the watermark; it answers "sailing boat" to each, because of the watermark. The region is the watermark.
- **Subject**: the honest model on all %d pictures. The region is the main object. That the model reads all of the object is not known, so that a low figure need not be a fault; the shortcut is the stricter test.

| method | shortcut: share | times area | subject: share | times area |
|---|---|---|---|---|
`, len(marks), len(subject))
	info, err := e.OpenModel(context.Background(), "builtin:seewhy-scenes-biased", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range info.Methods {
		// Attention, for one: these are convolutional networks.
		if m.Why != "" {
			continue
		}
		s, a := score(t, e, models["biased"], m.ID, marks)
		s2, a2 := score(t, e, models["honest"], m.ID, subject)
		fmt.Fprintf(&b, "| %s | %.1f %% | %.1f | %.1f %% | %.1f |\n", m.Title, 100*s, s/a, 100*s2, s2/a2)
	}
	b.WriteString("\nTwo models, one small network, drawn scenes: this ranks methods on this question and no other. The methods of attention, AttnLRP and ViT-ReciproCAM are missing: they need a transformer, and both models are convolutional.\n")
	if err := os.WriteFile("../../docs/truth.md", []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
