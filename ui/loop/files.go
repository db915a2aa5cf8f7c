package loop

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"seewhy/ui/session"
	"seewhy/ui/state"
)

// Bounds on what a dropped folder may hold.
const (
	maxImages  = 20_000
	maxEntries = 200_000
	maxDepth   = 32
)

var imageTypes = []string{".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".gif", ".bmp", ".tif", ".tiff", ".webp"}

// ImageTypes lists the name endings of pictures, lower-case with the dot.
func ImageTypes() []string { return slices.Clone(imageTypes) }

// sortFiles looks what the given paths are. Folders are walked, in order of
// name; in them, files that are not pictures are passed over in silence,
// while a file that was named itself is answered for. A report given alone is
// opened as what it was made from: nobody has a model look at its page.
func sortFiles(ctx context.Context, paths []string) state.Msg {
	var out state.FilesSorted
	for _, path := range paths {
		// The session names files in full, so that each stands in the
		// filmstrip once.
		if abs, err := filepath.Abs(path); err == nil {
			path = abs
		}
		info, err := os.Stat(path)
		switch {
		case err == nil && info.IsDir():
			out.Given = append(out.Given, path)
			walk(ctx, path, &out)
		case err == nil && (ending(path) == session.Extension || len(paths) == 1 && isReport(path)):
			if out.Project == "" {
				out.Project = path
			}
		case err == nil && ending(path) == ".onnx":
			out.Models = append(out.Models, path)
		case err == nil && info.Mode().IsRegular() && (slices.Contains(imageTypes, ending(path)) || looksLikeImage(path)):
			out.Images = append(out.Images, path)
			out.Given = append(out.Given, path)
		case out.Refused == "":
			out.Refused = path
		default:
			out.Others++
		}
	}
	return out
}

func ending(path string) string { return strings.ToLower(filepath.Ext(path)) }

func walk(ctx context.Context, root string, out *state.FilesSorted) {
	seen := 0
	// Links are not followed: WalkDir does not, and so cannot run in circles.
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		seen++
		if ctx.Err() != nil || seen > maxEntries {
			out.Cut = seen > maxEntries
			return fs.SkipAll
		}
		if err != nil {
			// An unreadable folder hides only what is in it.
			return nil
		}
		if d.IsDir() {
			hidden := path != root && strings.HasPrefix(d.Name(), ".")
			if hidden || strings.Count(strings.TrimPrefix(path, root), string(filepath.Separator)) > maxDepth {
				return fs.SkipDir
			}
			return nil
		}
		if d.Type().IsRegular() && slices.Contains(imageTypes, ending(path)) {
			if len(out.Images) >= maxImages {
				out.Cut = true
				return fs.SkipAll
			}
			out.Images = append(out.Images, path)
		}
		return nil
	})
	if err != nil && out.Refused == "" {
		out.Refused = root
	}
}

// looksLikeImage reads the first bytes of a file whose name tells nothing.
func looksLikeImage(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 512)
	n, err := io.ReadFull(f, head)
	if err != nil && n == 0 {
		return false
	}
	head = head[:n]
	if bytes.HasPrefix(head, []byte("II*\x00")) || bytes.HasPrefix(head, []byte("MM\x00*")) {
		return true
	}
	return strings.HasPrefix(http.DetectContentType(head), "image/")
}
