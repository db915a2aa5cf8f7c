package cli

import (
	"slices"
	"strings"
	"testing"

	"seewhy/analysis/task"
)

func TestFindClass(t *testing.T) {
	m := task.ModelInfo{Title: "Cats", Classes: 7, Labels: []string{
		"tabby, tabby cat", "tiger cat", "Egyptian cat", "tiger, Panthera tigris", "crane", "crane", "goldfish",
	}}
	for _, c := range []struct {
		text string
		want int
		err  string
	}{
		{text: "auto", want: task.AutoClass},
		{text: "", want: task.AutoClass},
		{text: "6", want: 6},
		{text: "7", err: "0 to 6"},
		{text: "-1", err: "0 to 6"},
		{text: "tiger cat", want: 1},
		{text: "TIGER CAT", want: 1},
		{text: "tabby cat", want: 0},
		{text: "tiger", want: 3},
		{text: "egypt", want: 2},
		{text: "tigris", want: 3},
		{text: "gold", want: 6},
		{text: "cat", err: "tabby, tabby cat (0), tiger cat (1), Egyptian cat (2)"},
		{text: "crane", err: "crane (4), crane (5)"},
		{text: "goldfsh", err: "near ones: goldfish"},
		{text: "helicopter", err: "none of that name"},
	} {
		got, err := findClass(m, c.text)
		switch {
		case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
			t.Errorf("%q: error %v, want %q", c.text, err, c.err)
		case c.err == "" && (err != nil || got != c.want):
			t.Errorf("%q: %d, %v, want %d", c.text, got, err, c.want)
		}
	}
	m.Labels = []string{"dogsled, dog sled", "Eskimo dog, husky", "African hunting dog", "sheepdog"}
	if _, err := findClass(m, "dog"); err == nil || !strings.Contains(err.Error(), "dogsled, dog sled (0), Eskimo dog, husky (1), African hunting dog (2);") {
		t.Errorf("a dog is one of several: %v", err)
	}
	m.Labels = nil
	if _, err := findClass(m, "cat"); err == nil || !strings.Contains(err.Error(), "--labels") {
		t.Errorf("without labels: %v", err)
	}
}

func TestFindLayer(t *testing.T) {
	m := task.ModelInfo{Title: "Net", Layers: []task.Layer{
		{Value: "12", Name: "conv1"}, {Value: "13", Name: "relu"}, {Value: "14", Name: "relu"}, {Value: "relu5", Name: "last"},
	}}
	for text, want := range map[string]string{"auto": "auto", "": "auto", "12": "12", "conv1": "12", "relu5": "relu5", "last": "relu5"} {
		if got, err := findLayer(m, text); err != nil || got != want {
			t.Errorf("%q: %q, %v, want %q", text, got, err, want)
		}
	}
	for text, want := range map[string]string{"relu": "13, 14", "conv2": "near ones: conv1", "attention": "--layers"} {
		if _, err := findLayer(m, text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"kitten", "sitting", 3}, {"flaw", "lawn", 2}, {"灰鲸", "灰狼", 1}} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
	if got := near("gradcm", []string{"saliency", "gradcam"}, 3); !slices.Equal(got, []string{"gradcam"}) {
		t.Errorf("near: %v", got)
	}
}

func TestPrintable(t *testing.T) {
	if got := printable("a\x1b[31mred\x07\u202e\tb\n"); got != "a[31mred b\n" {
		t.Errorf("%q", got)
	}
}

func TestGrouped(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1234: "-1,234"} {
		if got := grouped(n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

func TestPercent(t *testing.T) {
	for p, want := range map[float64]string{0: "0.0 %", 1e-9: "< 0.1 %", 0.0005: "0.1 %", 0.5: "50.0 %", 0.9999: "> 99.9 %", 1: "100.0 %"} {
		if got := percent(p); got != want {
			t.Errorf("%v: %q, want %q", p, got, want)
		}
	}
}

func TestLocale(t *testing.T) {
	env := func(string) string { return "de_DE" }
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"methods", "--lang", "zh"}, "zh"},
		{[]string{"--lang=en", "methods"}, "en"},
		{[]string{"--", "--lang=en"}, "de_DE"},
		{nil, "de_DE"},
	} {
		if got := locale(c.args, env); got != c.want {
			t.Errorf("%v: %q, want %q", c.args, got, c.want)
		}
	}
}
