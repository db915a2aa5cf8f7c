package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"seewhy/assets/i18n"
)

// destination is where reports go: nowhere (zero), a file, stdout, or a
// folder with a name for each picture.
type destination struct {
	file, folder string
	stdout       bool
	taken        map[string]bool
}

// Names that serve where --out was not given.
const (
	defaultFile   = "report.png"
	defaultFolder = "reports"
)

// otherFormats are endings that promise what a report is not.
var otherFormats = []string{".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".svg", ".pdf", ".html", ".json", ".onnx"}

// newDestination reads --out. It fails before anything is computed where the
// report could not be written afterwards.
func newDestination(out string, given, several bool) (destination, error) {
	switch {
	case given && out == "":
		return destination{}, nil
	case out == "-" && several:
		return destination{}, usage("--out -: several reports do not fit into one stream; name a folder")
	case out == "-":
		return destination{stdout: true}, nil
	case slices.Contains(otherFormats, strings.ToLower(filepath.Ext(out))):
		return destination{}, usage("--out %s: reports are PNG files; name one that ends in .png", out)
	case !given && several:
		out = defaultFolder
	case !given:
		out = defaultFile
	}
	st, err := os.Stat(out)
	isFolder := err == nil && st.IsDir()
	if several || isFolder || strings.HasSuffix(out, string(filepath.Separator)) {
		if err == nil && !isFolder {
			return destination{}, usage("--out %s: several reports need a folder, and this is a file", out)
		}
		if err := os.Mkdir(out, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
			return destination{}, errors.New(i18n.T("--out %s: the folder cannot be made: %v", out, reason(err)))
		}
		return destination{folder: out, taken: map[string]bool{}}, nil
	}
	if st, err := os.Stat(filepath.Dir(out)); err != nil || !st.IsDir() {
		return destination{}, errors.New(i18n.T("--out %s: there is no folder %s; create it or choose another", out, filepath.Dir(out)))
	}
	return destination{file: out}, nil
}

// none says that no report is wanted.
func (d *destination) none() bool { return d.file == "" && d.folder == "" && !d.stdout }

// path is the report's file for a picture and a method: in a folder, one of
// its own for each.
func (d *destination) path(picture, method string) string {
	if d.folder == "" {
		return d.file
	}
	name := picture[strings.IndexByte(picture, ':')+1:]
	name = filepath.Base(name)
	stem := strings.TrimSuffix(name, filepath.Ext(name)) + "-" + method
	path := filepath.Join(d.folder, stem+".png")
	for n := 2; d.taken[path]; n++ {
		path = filepath.Join(d.folder, fmt.Sprintf("%s-%d.png", stem, n))
	}
	d.taken[path] = true
	return path
}

// spares makes sure that what is written replaces none of the files that are read.
func spares(flag, target string, sources ...string) error {
	old, err := os.Stat(target)
	if err != nil {
		return nil
	}
	for _, source := range sources {
		if st, err := os.Stat(source); err == nil && os.SameFile(st, old) {
			return errors.New(i18n.T("%s %s is one of the files that are read; choose another name", flag, target))
		}
	}
	return nil
}

// write has save write a report to a file, or to w by way of a temporary one,
// so that a stream gets a whole report or nothing.
func (d *destination) write(w io.Writer, path string, save func(path string) error) error {
	if !d.stdout {
		return save(path)
	}
	dir, err := os.MkdirTemp("", "seewhy-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	path = filepath.Join(dir, "report.png")
	if err := save(path); err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(w, f)
	return err
}
