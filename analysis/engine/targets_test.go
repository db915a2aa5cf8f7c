package engine

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"seewhy/analysis/method"
	"seewhy/analysis/target"
	"seewhy/analysis/task"
	"seewhy/models/tensor"
)

var derived = []task.TargetKind{target.LogProbability, target.Finer, target.ReST}

func targetWork(t *testing.T, model string, k task.Target) (*Engine, *work, method.Score) {
	t.Helper()
	e := newTestEngine(t, Options{MemoryBudget: 1 << 32, Threads: 2})
	info, err := e.OpenModel(t.Context(), model, nil)
	if err != nil {
		t.Fatal(err)
	}
	w, err := e.ready(t.Context(), task.Task{Model: info.Ref, Image: task.ImageRef{Path: e.Gallery()[0].Ref}, Device: "cpu", Method: "saliency", Target: k})
	if err != nil {
		t.Fatal(err)
	}
	score, err := w.target()
	if err != nil {
		t.Fatal(err)
	}
	return e, w, score
}

// atScores is the target's gradient with respect to the class scores, written
// out in float64.
func atScores(k task.TargetKind, class int, compared []int, a target.Answer) map[int]float64 {
	p, g := target.Probabilities.Row(a), map[int]float64{}
	switch k {
	case target.LogProbability, target.ReST:
		own := 1.0
		if k == target.ReST {
			own = 2
		}
		for i := range p {
			g[i] = -p[i]
		}
		g[class] += own
		return g
	}
	// F = (z S - W) / (S + e), S = sum p_i, W = sum p_i z_i over those compared
	sum, weighted, e := 0.0, 0.0, 1e-9
	for _, i := range compared {
		sum, weighted = sum+p[i], weighted+p[i]*a.Logits[i]
	}
	f := (a.Logits[class]*sum - weighted) / (sum + e)
	for i := range p {
		in := 0.0
		if slices.Contains(compared, i) {
			in = 1
		}
		dSum := p[i] * (in - sum)
		dWeighted := p[i]*in*a.Logits[i] + in*p[i] - p[i]*weighted
		own := 0.0
		if i == class {
			own = sum
		}
		g[i] = (own+a.Logits[class]*dSum-dWeighted)/(sum+e) - f*dSum/(sum+e)
	}
	return g
}

// Two samples at once, of a network with an open batch: values are those of the
// definition, gradients those of the closed form and of central differences.
func TestTargetGradients(t *testing.T) {
	valuesAlone(t)
	for _, model := range []string{"resnet", "vit"} {
		for _, k := range derived {
			_, w, score := targetWork(t, peersDir+model+".onnx", task.Target{Kind: k, Class: 2})
			x := tensor.New(append([]int{2}, w.x.Shape[1:]...)...)
			for i, v := range w.x.Data {
				x.Data[i], x.Data[len(w.x.Data)+i] = v, 0.7*v+0.1*float32(math.Sin(float64(i)))
			}
			got, err := w.on.Gradient(t.Context(), x, score, method.GradientQuery{Input: true})
			if err != nil {
				t.Fatal(model, k, err)
			}
			rows, _, err := w.on.scores(t.Context(), x, w.model.scores.Logits)
			if err != nil {
				t.Fatal(err)
			}
			var weights []method.Score
			for n, row := range rows {
				a := w.answer()
				for c, v := range row {
					a.Logits[c] = float64(v)
				}
				if want := w.explained.Value(a); !within(got.Scores[n], want, 1e-5) {
					t.Errorf("%s: %s of sample %d is %g, want %g", model, k, n, got.Scores[n], want)
				}
				weights = append(weights, method.Score{Value: w.model.scores.Logits, Weights: atScores(k, 2, w.explained.Compared, a)})
			}
			want, err := w.on.Gradient(t.Context(), x, weights[0], method.GradientQuery{Input: true, Scores: weights})
			if err != nil {
				t.Fatal(err)
			}
			if off := apartBy(got.Input, want.Input); off > 1e-5 {
				t.Errorf("%s: the gradient of %s is %.2g from its closed form", model, k, off)
			}
			// Along the gradient of the first sample.
			one := part(x, 0, 1)
			g := part(got.Input, 0, 1)
			length := 0.0
			for _, v := range g.Data {
				length += float64(v) * float64(v)
			}
			length = math.Sqrt(length)
			const h = 0.004
			ends := tensor.New(x.Shape...)
			for i, v := range one.Data {
				d := float32(h * float64(g.Data[i]) / length)
				ends.Data[i], ends.Data[len(one.Data)+i] = v+d, v-d
			}
			values, err := w.on.Run(t.Context(), ends, score)
			if err != nil {
				t.Fatal(err)
			}
			if slope := (values[0] - values[1]) / (2 * h); !within(slope, length, 0.02) {
				t.Errorf("%s: %s rises by %g along its gradient of length %g", model, k, slope, length)
			}
		}
	}
}

// apartBy is the largest difference over the largest value.
func apartBy(a, b tensor.Tensor) float64 {
	off, largest := 0.0, 0.0
	for i, v := range b.Data {
		off, largest = max(off, math.Abs(float64(a.Data[i])-float64(v))), max(largest, math.Abs(float64(v)))
	}
	return off / largest
}

// Methods of every kind take the targets; a result says its value, and its own
// task, through JSON, repeats it.
func TestTargetsGoThroughMethods(t *testing.T) {
	valuesAlone(t)
	for model, methods := range map[string]map[string]map[string]float64{
		"builtin:seewhy-scenes-honest": {
			"gradcam": nil, "layercam": nil, "rise": {"samples": 40}, "guidedbackprop": nil, "deeplift": nil,
			"integratedgradients": {"steps": 20}, "shapleycam": nil, "scorecam": nil,
		},
		peersDir + "vit.onnx": {"legrad": nil, "transformerattribution": nil, "gradcam": nil},
	} {
		e := newTestEngine(t, Options{MemoryBudget: 1 << 32, Threads: 2})
		info, err := e.OpenModel(t.Context(), model, nil)
		if err != nil {
			t.Fatal(err)
		}
		for id, params := range methods {
			for _, k := range derived {
				ask := task.Task{
					Model: info.Ref, Image: task.ImageRef{Path: e.Gallery()[0].Ref}, Device: "cpu", Method: id, Params: params,
					Target: task.Target{Kind: k, Class: task.AutoClass},
				}
				r, err := e.Explain(t.Context(), ask, nil)
				if err != nil {
					t.Errorf("%s of %s: %v", id, k, err)
					continue
				}
				p := r.Target.Probability
				if want := map[task.TargetKind]float64{target.LogProbability: math.Log(p), target.ReST: r.Target.Logit + math.Log(p), target.Finer: r.Value}[k]; !within(r.Value, want, 1e-9) {
					t.Errorf("%s: %s is %g, want %g", id, k, r.Value, want)
				}
				if named := slices.ContainsFunc(r.Notes, func(n task.Note) bool { return strings.HasPrefix(n.Key, "Compared with") }); named != (k == target.Finer) {
					t.Errorf("%s of %s: notes %v", id, k, r.Notes)
				}
				for _, f := range r.Facts {
					if f.ID == "gap" && math.Abs(f.Value) > 0.02*max(1, math.Abs(r.Value)) {
						t.Errorf("%s of %s: a gap of %g to a value of %g", id, k, f.Value, r.Value)
					}
				}
				data, err := json.Marshal(r.Task)
				if err != nil {
					t.Fatal(err)
				}
				var again task.Task
				if err := json.Unmarshal(data, &again); err != nil {
					t.Fatal(err)
				}
				if r2, err := e.Explain(t.Context(), again, nil); err != nil || !slices.Equal(r2.Map.Values, r.Map.Values) || r2.Value != r.Value {
					t.Errorf("%s of %s: its task does not repeat it (%v)", id, k, err)
				}
			}
		}
		maps, err := e.Sweep(t.Context(), task.Task{
			Model: info.Ref, Image: task.ImageRef{Path: e.Gallery()[0].Ref}, Device: "cpu", Method: "gradcam", Target: task.Target{Kind: target.Finer, Class: task.AutoClass},
		}, nil)
		if err != nil || len(maps) < 2 {
			t.Errorf("a sweep of Finer: %d maps, %v", len(maps), err)
		}
	}
}

// Relevance starts from class scores: what hands it down refuses other targets.
func TestRelevanceRefusesDerivedTargets(t *testing.T) {
	e := newTestEngine(t, Options{Threads: 2})
	info, err := e.OpenModel(t.Context(), "builtin:seewhy-scenes-honest", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range target.IDs() {
		what := target.Of(task.TargetKind(k))
		_, err := e.Explain(t.Context(), task.Task{
			Model: info.Ref, Image: task.ImageRef{Path: e.Gallery()[0].Ref}, Device: "cpu", Method: "lrp", Target: task.Target{Kind: what.ID, Class: 1, Rather: 0},
		}, nil)
		if refused := err != nil && strings.Contains(err.Error(), "choose the score, the probability or the contrast"); refused != what.Derived || err != nil && !refused {
			t.Errorf("LRP of %s: %v", k, err)
		}
	}
}
