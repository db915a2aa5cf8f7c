package loop

import (
	"context"
	"errors"
	"image/png"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"seewhy/analysis/report"
	"seewhy/assets/i18n"
	"seewhy/models/prep"
	"seewhy/ui/state"
)

var errNothing = errors.New("there is no picture and no path of one in the clipboard")

// paste opens what is in the clipboard.
func (l *Loop) paste(ctx context.Context, c state.Paste) state.Msg {
	files, err := l.pasted(ctx, c.Text)
	if ctx.Err() != nil {
		return nil
	}
	if err != nil {
		return state.Said{Text: i18n.T("Nothing is pasted: %s", i18n.Tell(err.Error())), Warning: true}
	}
	return sortFiles(ctx, files)
}

// pasted are the files in the clipboard. A picture becomes one.
func (l *Loop) pasted(ctx context.Context, text string) ([]string, error) {
	err := errNothing
	if l.config.Clipboard != nil {
		var files []string
		var picture []byte
		files, picture, err = l.config.Clipboard.Read(ctx)
		switch {
		case err == nil && len(files) > 0:
			return files, nil
		case err == nil && len(picture) > 0:
			path, err := keepPicture(l.pastedFolder(), picture)
			return []string{path}, err
		}
	}
	if files := pathsIn(text); len(files) > 0 {
		return files, nil
	}
	if err == nil {
		err = errNothing
	}
	return nil, err
}

// pastedFolder holds pictures that were pasted, beside the session that names
// them; without one, they last as long as the system keeps what is temporary.
func (l *Loop) pastedFolder() string {
	if l.keeper.path == "" {
		return filepath.Join(os.TempDir(), "seewhy-pasted")
	}
	return filepath.Join(filepath.Dir(l.keeper.path), "pasted")
}

// keepPicture writes a picture as a PNG that is named by its content, so that
// the same one pasted twice is one file, and a session finds it again.
func keepPicture(dir string, data []byte) (string, error) {
	// It comes from another program: it is decoded within the usual bounds.
	p, err := prep.Decode(i18n.T("the clipboard"), data, prep.Limits{})
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, i18n.T("pasted")+"-"+p.SHA256[:12]+".png")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	return path, report.Save(path, func(w io.Writer) error {
		if p.Format == "PNG" {
			_, err := w.Write(data)
			return err
		}
		encoder := png.Encoder{CompressionLevel: png.BestSpeed}
		return encoder.Encode(w, p.Image)
	})
}

// pathsIn are the files that a text names, one a line: paths in full or URIs
// of local files, as some programs quote them. A text with any other line
// names none.
func pathsIn(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		line = strings.Trim(strings.TrimSpace(line), `"'`)
		if line == "" {
			continue
		}
		if u, err := url.Parse(line); err == nil && u.Scheme == "file" && (u.Host == "" || u.Host == "localhost") {
			line = u.Path
		}
		if !filepath.IsAbs(line) || len(out) == maxImages {
			return nil
		}
		out = append(out, line)
	}
	return out
}

// lookForRecent tells which of some files are not there.
func lookForRecent(paths []string) state.Msg {
	missing := map[string]bool{}
	for _, path := range paths {
		if _, err := os.Stat(path); err != nil {
			missing[path] = true
		}
	}
	return state.RecentSeen{Missing: missing}
}
