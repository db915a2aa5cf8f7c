package clipboard

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// most bounds the number of files that are taken from a list.
const most = 10_000

// filesIn are the local files that a text/uri-list (RFC 2483) names. Other
// addresses are left out.
func filesIn(list string) []string {
	var out []string
	for line := range strings.Lines(list) {
		if path, ok := localFile(strings.TrimSpace(line)); ok && len(out) < most {
			out = append(out, path)
		}
	}
	return out
}

// localFile is the path of a file's URI on this machine.
func localFile(uri string) (string, bool) {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "file" || !filepath.IsAbs(u.Path) {
		return "", false
	}
	if u.Host != "" && u.Host != "localhost" {
		if here, err := os.Hostname(); err != nil || u.Host != here {
			return "", false
		}
	}
	return u.Path, true
}

// pathsIn are the files that a text names, one a line: paths from the root, or
// URIs of files. A text with any other line names none.
func pathsIn(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		path, ok := localFile(line)
		if !ok && filepath.IsAbs(line) {
			path, ok = line, true
		}
		if !ok || len(out) == most {
			return nil
		}
		out = append(out, path)
	}
	return out
}
