package library

import (
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"

	"seewhy/models/prep"

	"github.com/adrg/xdg"
)

// catalogue.tsv: one public model a line. bytes and sha256 are those of the
// Git LFS objects at the commit of origin; resize is the shorter side before
// the crop of size, 0 where the preset does not crop.
//
//go:embed catalogue.tsv
var catalogueText string

// origin is the public repository, at a commit, so that paths stay valid.
const origin = "https://github.com/onnx/models/raw/b1eeaa1ac722dcc1cd1a8284bde34393dab61c3d/"

// weightsNote is said of every model of the catalogue.
const weightsNote = "From the public ONNX Model Zoo, whose repository is under Apache-2.0. The weights come under their authors' own terms, and those trained on ImageNet carry its conditions."

// Item is a public model that can be fetched.
type Item struct {
	// Name is short and unique: what a person types.
	Name    string
	Title   string
	About   string
	License string
	URL     string
	// SHA256 is in lower-case hexadecimal; Bytes the exact size.
	SHA256 string
	Bytes  int64
	// Sidecar is written beside the model when it is fetched.
	Sidecar Sidecar
}

// Catalogue lists the public models, small and usual ones first.
func Catalogue() []Item { return append([]Item(nil), catalogue...) }

// CatalogueItem finds a model by name.
func CatalogueItem(name string) (Item, error) {
	for _, item := range catalogue {
		if item.Name == name {
			return item, nil
		}
	}
	return Item{}, fmt.Errorf("no model %q in the catalogue; \"seewhy models\" lists them", clean(name, maxLabel))
}

// ModelsDir is the folder in the user's data that fetched models go to.
func ModelsDir() string { return filepath.Join(xdg.DataHome, "seewhy", "models") }

// Path is where the model lies in dir once fetched.
func (i Item) Path(dir string) string { return filepath.Join(dir, i.Name+".onnx") }

// catalogue is parsed when the program starts: a line that does not hold is a
// fault of the build, and its test finds it first.
var catalogue = func() []Item {
	items, err := parseCatalogue(catalogueText)
	if err != nil {
		panic(err)
	}
	return items
}()

func parseCatalogue(text string) ([]Item, error) {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	var items []Item
	for n, line := range lines[1:] {
		f := strings.Split(line, "\t")
		bad := func(what string) ([]Item, error) {
			return nil, fmt.Errorf("catalogue.tsv: line %d: %s", n+2, what)
		}
		if len(f) != 10 {
			return bad(fmt.Sprintf("%d fields, not 10", len(f)))
		}
		if sum, err := hex.DecodeString(f[3]); err != nil || len(sum) != 32 {
			return bad("sha256")
		}
		size, err := strconv.ParseInt(f[4], 10, 64)
		if err != nil || size < 1 {
			return bad("bytes")
		}
		preset, ok := prep.PresetByID(f[6])
		if !ok {
			return bad("preset " + f[6])
		}
		resize, err := strconv.Atoi(f[7])
		if err != nil {
			return bad("resize")
		}
		side, err := strconv.Atoi(f[8])
		if err != nil {
			return bad("size")
		}
		spec := preset.Spec(prep.Size{Width: side, Height: side})
		if resize > 0 {
			spec.Resize.Size = resize
		}
		labels, ok := map[string][]string{
			"imagenet": ImageNetLabels(),
			"ferplus":  strings.Fields(ferplusText),
		}[f[9]]
		if !ok {
			return bad("labels " + f[9])
		}
		address, err := url.JoinPath(origin, f[2])
		if err != nil {
			return bad("path")
		}
		items = append(items, Item{
			Name: f[0], Title: f[1], About: weightsNote, License: f[5], URL: address, SHA256: f[3], Bytes: size,
			Sidecar: Sidecar{
				SeeWhy: SidecarVersion, Title: f[1], About: weightsNote, Task: "classification",
				License: f[5], Source: address, Prep: &spec, Labels: labels,
			},
		})
	}
	return items, nil
}

// sidecarJSON is the sidecar's file form.
func sidecarJSON(s Sidecar) ([]byte, error) {
	data, err := json.MarshalIndent(s, "", "  ")
	return append(data, '\n'), err
}
