package library

import (
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/adrg/xdg"
)

func TestCatalogue(t *testing.T) {
	items := Catalogue()
	if len(items) < 20 {
		t.Errorf("%d models", len(items))
	}
	names, sums := map[string]bool{}, map[string]bool{}
	for _, i := range items {
		if names[i.Name] || sums[i.SHA256] || i.Title == "" || i.License == "" || i.About == "" {
			t.Errorf("%+v", i)
		}
		names[i.Name], sums[i.SHA256] = true, true
		if u, err := url.Parse(i.URL); err != nil || u.Scheme != "https" || path.Ext(u.Path) != ".onnx" {
			t.Errorf("%s: %s", i.Name, i.URL)
		}
		text, err := sidecarJSON(i.Sidecar)
		if err != nil {
			t.Fatal(err)
		}
		s, ok, err := ParseSidecar(i.Name, text)
		if err != nil || !ok || s.Prep == nil || len(s.Labels) < 8 {
			t.Errorf("%s: its sidecar: %v", i.Name, err)
		}
		got, err := CatalogueItem(i.Name)
		if err != nil || got.SHA256 != i.SHA256 {
			t.Errorf("%s: %v", i.Name, err)
		}
	}
	if _, err := CatalogueItem("nope"); err == nil {
		t.Error("an unknown name is found")
	}
	i, err := CatalogueItem("convnext-tiny")
	if err != nil || i.Sidecar.Prep.Resize.Size != 236 || i.Sidecar.Prep.Crop.Width != 224 {
		t.Errorf("%+v, %v", i.Sidecar.Prep, err)
	}
}

func TestParseCatalogueRefuses(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(catalogueText), "\n")
	good := strings.Split(lines[1], "\t")
	for field, value := range map[int]string{3: "abc", 4: "-1", 6: "nope", 7: "x", 8: "y", 9: "z"} {
		row := append([]string(nil), good...)
		row[field] = value
		if _, err := parseCatalogue(lines[0] + "\n" + strings.Join(row, "\t")); err == nil || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("field %d = %q: %v", field, value, err)
		}
	}
	if _, err := parseCatalogue("head\na\tb"); err == nil {
		t.Error("a short line is accepted")
	}
}

// TestCatalogueFacts compares sizes and checksums with the shared list.
func TestCatalogueFacts(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "catalog", "onnx-model-zoo.tsv"))
	if err != nil {
		t.Skip("no ../shared/catalog beside the repository")
	}
	facts := map[string][]string{}
	for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		f := strings.Split(line, "\t")
		facts[f[0]] = f[1:]
	}
	for _, i := range Catalogue() {
		f := facts[strings.TrimPrefix(i.URL, origin)]
		if len(f) != 2 || f[0] != i.SHA256 || f[1] != strconv.FormatInt(i.Bytes, 10) {
			t.Errorf("%s: %s %d, the list has %v", i.Name, i.SHA256, i.Bytes, f)
		}
	}
}

func TestFoldersFollowXDG(t *testing.T) {
	t.Setenv("XDG_DATA_HOME", "/data")
	t.Setenv("XDG_CONFIG_HOME", "/conf")
	xdg.Reload()
	t.Cleanup(xdg.Reload)
	if got := ModelsDir(); got != filepath.Join("/data", "seewhy", "models") {
		t.Error(got)
	}
	if got := UserMemory().Dir; got != filepath.Join("/conf", "seewhy", "models") {
		t.Error(got)
	}
}

// TestBuiltins: every model inside the program has a sidecar that holds, with
// preprocessing, labels, a title and a card.
func TestBuiltins(t *testing.T) {
	for _, b := range Builtins() {
		model, f, err := OpenBuiltin(b.Name)
		if err != nil {
			t.Error(err)
			continue
		}
		if int64(len(model)) != b.Bytes || b.Bytes == 0 || b.Bytes > 4<<20 {
			t.Errorf("%s: %d bytes, says %d; at most 4 MB are wanted", b.Name, len(model), b.Bytes)
		}
		if b.Title == b.Name || f.Title != b.Title || f.Spec == nil || len(f.Labels) < 10 || f.Width == 0 || f.Layout == "" {
			t.Errorf("%s: %+v", b.Name, f)
		}
		if card, err := BuiltinCard(b.Name); err != nil || len(card) < 100 {
			t.Errorf("%s: a card of %d bytes, %v", b.Name, len(card), err)
		}
	}
	if _, _, err := OpenBuiltin("../catalogue"); err == nil {
		t.Error("a path outside is opened")
	}
	if _, err := BuiltinCard("nope"); err == nil {
		t.Error("an unknown card is found")
	}
}
