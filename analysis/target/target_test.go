package target

import (
	"math"
	"os"
	"strings"
	"testing"

	"seewhy/analysis/task"
)

var answer = Answer{Model: Model{Classes: 6}, Logits: []float64{2, -1, 1.5, 0.25, 2.125, -3}, Order: []int{4, 0, 2, 3, 1, 5}}

func softmax(z []float64) []float64 {
	out, sum := make([]float64, len(z)), 0.0
	for i, v := range z {
		out[i] = math.Exp(v)
		sum += out[i]
	}
	for i := range out {
		out[i] /= sum
	}
	return out
}

// Every target's value, beside its definition written out.
func TestValues(t *testing.T) {
	z, p := answer.Logits, softmax(answer.Logits)
	near := (p[4]*(z[0]-z[4]) + p[2]*(z[0]-z[2]) + p[3]*(z[0]-z[3])) / (p[4] + p[2] + p[3] + 1e-9)
	for kind, want := range map[task.TargetKind]float64{
		task.Logit: z[0], task.Probability: p[0], task.Margin: z[0] - z[4],
		LogProbability: math.Log(p[0]), Finer: near, ReST: z[0] + math.Log(p[0]),
	} {
		of := task.Target{Kind: kind, Rather: task.AutoClass}
		s, err := Resolve(answer, &of)
		if err != nil {
			t.Fatal(kind, err)
		}
		if got := s.Value(answer); math.Abs(got-want) > 1e-12 {
			t.Errorf("%s is %.15g, want %.15g", kind, got, want)
		}
		if kind == Finer && (len(s.Compared) != 3 || s.Compared[0] != 4 || s.Compared[1] != 2 || s.Compared[2] != 3) {
			t.Errorf("Finer compares with %v", s.Compared)
		}
	}
}

// Finer's alpha, beside the definition written out; 1 is the formula without it.
func TestFinerAlpha(t *testing.T) {
	z, p := answer.Logits, softmax(answer.Logits)
	names := map[string]bool{}
	for _, alpha := range []float64{0.1, 0.5, 2} {
		s, err := Resolve(answer, &task.Target{Kind: Finer, Param: alpha})
		if err != nil {
			t.Fatal(err)
		}
		want := (p[4]*(z[0]-alpha*z[4]) + p[2]*(z[0]-alpha*z[2]) + p[3]*(z[0]-alpha*z[3])) / (p[4] + p[2] + p[3] + 1e-9)
		if got := s.Value(answer); math.Abs(got-want) > 1e-12 {
			t.Errorf("alpha %g: %.15g, want %.15g", alpha, got, want)
		}
		names[s.Row.String()] = true
		if len(s.Notes) != 1 || len(s.Notes[0].Args) != 1 {
			t.Errorf("alpha %g is told as %v", alpha, s.Notes)
		}
	}
	one, _ := Resolve(answer, &task.Target{Kind: Finer, Param: 1})
	plain, _ := Resolve(answer, &task.Target{Kind: Finer})
	if names[one.Row.String()] || len(names) != 3 || one.Row.String() != plain.Row.String() {
		t.Errorf("the formulas are named %v, %s, %s", names, one.Row, plain.Row)
	}
}

// Where classes are scored one by one, or there is but one.
func TestSigmoidAndOneClass(t *testing.T) {
	sigmoid := Answer{Model: Model{Classes: 2, Sigmoid: true}, Logits: []float64{-800, 3}, Order: []int{1, 0}}
	of := task.Target{Kind: LogProbability}
	s, err := Resolve(sigmoid, &of)
	if err != nil || s.Value(sigmoid) != -800 {
		t.Errorf("log sigmoid(-800) is %v (%v)", s.Value(sigmoid), err)
	}
	one, alone := Model{Classes: 1}, Model{Classes: 1, Sigmoid: true}
	refuses := func(k task.TargetKind, m Model) bool { return Of(k).Why(m) != "" }
	for _, c := range []struct {
		kind task.TargetKind
		m    Model
		want bool
	}{
		{task.Logit, one, false},
		{task.Probability, one, false},
		{task.Margin, one, true},
		{LogProbability, one, true},
		{LogProbability, alone, false},
		{task.Margin, sigmoid.Model, false},
		{Finer, one, true},
		{ReST, one, true},
		{Finer, sigmoid.Model, true},
		{ReST, sigmoid.Model, true},
		{Finer, Model{Classes: 2}, false},
		{ReST, Model{Classes: 2}, false},
	} {
		if got := refuses(c.kind, c.m); got != c.want {
			t.Errorf("%s of %+v: refused %v", c.kind, c.m, got)
		}
	}
	if _, err := Resolve(Answer{Model: one, Logits: []float64{1}, Order: []int{0}}, &task.Target{Kind: task.Margin, Rather: task.AutoClass}); err == nil {
		t.Error("a contrast of one class")
	}
}

// Certainty leaves log-probability and Finer with nothing to say: a note tells so.
func TestCertainAnswers(t *testing.T) {
	sure := Answer{Model: Model{Classes: 3}, Logits: []float64{40, 1, 0}, Order: []int{0, 1, 2}}
	for _, x := range All() {
		for _, a := range []Answer{sure, answer} {
			s, err := Resolve(a, &task.Target{Kind: x.ID, Rather: task.AutoClass})
			want := a.Classes == 3 && (x.ID == LogProbability || x.ID == Finer)
			if err != nil || (len(s.Notes) > 0) != want {
				t.Errorf("%s of %v: %v %v", x.ID, a.Logits, s.Notes, err)
			}
		}
	}
	for _, k := range []task.TargetKind{LogProbability, Finer, ReST} {
		if Of(k).Why(Model{Classes: 1, Plain: true}) != likeness {
			t.Errorf("%s of a likeness", k)
		}
	}
}

func TestResolve(t *testing.T) {
	of := task.Target{Kind: "", Class: task.AutoClass}
	if _, err := Resolve(answer, &of); err != nil || of != (task.Target{Kind: task.Logit, Class: 4}) {
		t.Errorf("%+v %v", of, err)
	}
	for _, bad := range []task.Target{
		{Kind: Finer, Param: 2.1},
		{Kind: Finer, Param: 0.05},
		{Kind: Finer, Param: math.NaN()},
		{Kind: task.Logit, Param: 1},
		{Kind: "nothing"},
		{Kind: task.Logit, Class: 6},
		{Kind: Finer, Class: -2},
		{Kind: task.Margin, Class: 1, Rather: 1},
		{Kind: task.Margin, Class: 1, Rather: 6},
	} {
		if _, err := Resolve(answer, &bad); err == nil {
			t.Errorf("%+v is resolved", bad)
		}
	}
	if _, err := ByID("nothing"); err == nil || !strings.HasSuffix(err.Error(), "logit, probability, margin, log-probability, finer, rest") {
		t.Error(err)
	}
}

// Names of formulas tell them apart: sessions are kept by them.
func TestNames(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range IDs() {
		for c := range 2 {
			s, err := Resolve(answer, &task.Target{Kind: task.TargetKind(k), Class: 5 * c, Rather: 3})
			if err != nil {
				t.Fatal(err)
			}
			if k == "finer" && seen[s.Row.String()] {
				t.Errorf("%s of class %d has the name of another: %s", k, 5*c, s.Row)
			}
			seen[s.Row.String()] = true
		}
	}
}

// The guide lists every target as the table has it.
func TestGuide(t *testing.T) {
	guide, err := os.ReadFile("../../docs/targets.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range All() {
		row := "| `" + string(x.ID) + "` | " + x.Title + " | " + x.Summary + " | `" + x.Formula + "` |"
		if !strings.Contains(string(guide), row+"\n") {
			t.Errorf("docs/targets.md lacks the row\n%s", row)
		}
		if !strings.Contains(string(guide), x.Paper) {
			t.Errorf("docs/targets.md lacks the source %s", x.Paper)
		}
	}
}
