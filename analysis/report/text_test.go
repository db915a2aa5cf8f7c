package report

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/image/font/gofont/goregular"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
)

func testPage(t *testing.T) *page {
	t.Helper()
	f, err := loadFonts("")
	if err != nil {
		t.Fatal(err)
	}
	return &page{fonts: f, scale: 1.25}
}

func TestElideKeepsBothEnds(t *testing.T) {
	p := testPage(t)
	name := "IMG_2026_a_rather_long_name_of_a_photograph_0042.jpeg"
	short := p.elide(name, styleBody, 160)
	if !strings.HasPrefix(short, "IMG_") || !strings.HasSuffix(short, "2.jpeg") || strings.Count(short, "…") != 1 {
		t.Errorf("elided to %q", short)
	}
	if w := p.width(short, styleBody); w > 160 || w < 140 {
		t.Errorf("%q is %.1f wide in 160", short, w)
	}
	if got := p.elide("cat", styleBody, 160); got != "cat" {
		t.Errorf("a short name became %q", got)
	}
	if got := p.elide(name, styleBody, 1); got != "…" {
		t.Errorf("without room: %q", got)
	}
}

func TestWrapKeepsTheText(t *testing.T) {
	p := testPage(t)
	text := "Selvaraju et al. 2017, Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization"
	lines := p.wrap(text, styleBody, 240, 9)
	if strings.Join(lines, " ") != text || len(lines) < 3 {
		t.Errorf("wrapped to %q", lines)
	}
	for _, s := range []string{text, strings.Repeat("w", 300), "a " + strings.Repeat("b", 200), "", "图像分类模型的解释方法"} {
		for _, n := range []int{1, 2, 3} {
			lines := p.wrap(s, styleBody, 120, n)
			if len(lines) < 1 || len(lines) > n {
				t.Errorf("%.20q in %d lines gave %d", s, n, len(lines))
			}
			for _, line := range lines {
				if w := p.width(line, styleBody); w > 120 {
					t.Errorf("line %q is %.1f wide", line, w)
				}
			}
		}
	}
	if got := atoms("模型A 看到"); !slices.Equal(got, []string{"模", "型", "A ", "看", "到"}) {
		t.Errorf("atoms %q", got)
	}
}

func TestCleanMakesTextDrawable(t *testing.T) {
	p := testPage(t)
	for in, want := range map[string]string{
		" two\nlines\t": "two lines", "a\x00b\x1bc": "abc", "chat é Ж ω": "chat é Ж ω", "犬犬 dog": "? dog", "\u202eevil": "evil", "": "",
	} {
		if got := p.clean(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
	if got := []rune(p.clean(strings.Repeat("x", 1<<20))); len(got) != maxText+1 {
		t.Errorf("a megabyte became %d characters", len(got))
	}
	if got := p.label(task.Score{Class: 7, Label: "犬"}); got != "class 7" {
		t.Errorf("a label without glyphs became %q", got)
	}
}

func TestFormats(t *testing.T) {
	for v, want := range map[float64]string{1: "100.0 %", 0.9996: "> 99.9 %", 0.734: "73.4 %", 0.0004: "< 0.1 %", 0: "0.0 %", -1: "–", 2: "–"} {
		if got := percent(v); got != want {
			t.Errorf("percent %v is %q, want %q", v, got, want)
		}
	}
	for v, want := range map[float64]string{17.314: "17.31", -3: "−3.00", 0: "0.00", 1e7: "1e7", 0.0001234: "1.234e−4"} {
		if got := logit(v); got != want {
			t.Errorf("logit %v is %q, want %q", v, got, want)
		}
	}
	for d, want := range map[time.Duration]string{1654 * time.Microsecond: "1.7 ms", 2350 * time.Millisecond: "2.35 s", 90 * time.Second: "1m30s"} {
		if got := duration(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
	for in, want := range map[string]string{
		"/home/ann/net.onnx": "net.onnx", `C:\models\net.onnx`: "net.onnx", "net.onnx": "net.onnx", "builtin:honest": "builtin:honest", "gallery:cup-3": "gallery:cup-3", "": "", "catalogue:/etc/x": "x",
	} {
		if got := publicPath(in); got != want {
			t.Errorf("path %q is published as %q, want %q", in, got, want)
		}
	}
}

func TestFindCJK(t *testing.T) {
	folder := t.TempDir()
	if got := findCJK([]string{folder, filepath.Join(folder, "absent"), "relative"}); got != "" {
		t.Errorf("found %q in an empty folder", got)
	}
	write := func(name string, data []byte) string {
		path := filepath.Join(folder, "truetype", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	// The name decides; a file that is no font is passed over.
	write("NotoSansCJK-Regular.ttc", []byte("not a font"))
	write("other.ttf", goregular.TTF)
	want := write("DroidSansFallbackFull.ttf", goregular.TTF)
	if got := findCJK([]string{folder}); got != want {
		t.Errorf("found %q, want %q", got, want)
	}
	better := write("wqy-microhei.ttc", goregular.TTF)
	if got := findCJK([]string{folder}); got != better {
		t.Errorf("found %q, want %q", got, better)
	}
}

func TestLanguageNeedsItsFont(t *testing.T) {
	i18n.Use("zh_CN.UTF-8")
	defer i18n.Use("en")
	p := testPage(t)
	for _, r := range p.tr("the score (logit), %s", "8.5") + p.tr("Preprocessing") + p.term("Cool to warm") {
		if p.fonts.fontOf(regular, r) == nil {
			t.Fatalf("%q would be drawn as a box", r)
		}
	}
	if got := p.tr("the score (logit), %s", "8.5"); !strings.Contains(got, "8.5") {
		t.Errorf("the argument is lost: %q", got)
	}
	path := FindCJK()
	if path == "" {
		t.Skip("this system has no Chinese font")
	}
	f, err := loadFonts(path)
	if err != nil {
		t.Fatal(err)
	}
	p = &page{fonts: f, scale: 1}
	s := &subject{Input: Input{Params: []Param{{Title: "Baseline", Value: "Zero"}, {Title: "Steps", Value: "50"}}}}
	if got := p.params(s); got != "基线 零, 步数 50" {
		t.Errorf("parameters in Chinese: %q", got)
	}
	if w := p.width("模型", styleTitle); w < sizeTitle*1.6 || w > sizeTitle*2.4 {
		t.Errorf("two characters are %.1f wide at size %v", w, sizeTitle)
	}
}
