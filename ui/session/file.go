package session

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"seewhy/analysis/task"
)

// Read reads a file and finds what it names; see Decode and Locate.
func Read(path string) (Session, error) {
	f, err := os.Open(path)
	if err != nil {
		return Session{}, err
	}
	defer f.Close()
	s, err := Decode(f)
	if err != nil {
		return Session{}, err
	}
	s.Locate(filepath.Dir(path))
	return s, nil
}

// Write replaces the file in one step: whatever happens, either the old
// session or the new one is there, whole. Paths are written in full, for the
// program may be started elsewhere next time.
func Write(path string, s Session) (err error) {
	s.absolute()
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".session-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			// What is left of a failed write serves nobody.
			_ = os.Remove(f.Name())
		}
	}()
	err = Encode(f, s)
	if err == nil {
		err = f.Sync()
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	return err
}

// Aside moves a file that cannot be used out of the way and keeps it beside:
// it says where. An older one of that name is replaced.
func Aside(path string) (string, error) {
	to := strings.TrimSuffix(path, filepath.Ext(path)) + "-aside" + filepath.Ext(path)
	return to, os.Rename(path, to)
}

// Named says that a path is one of the program's own names, not a file.
func Named(path string) bool {
	return slices.ContainsFunc([]string{task.GalleryPrefix, task.BuiltinPrefix, "catalogue:"}, func(k string) bool { return strings.HasPrefix(path, k) })
}

// Locate looks for the files that a session names: where it says, or else
// beside the session's own file, in dir, as when both were handed on together.
func (s *Session) Locate(dir string) {
	for i := range s.Pictures {
		p := &s.Pictures[i]
		p.Path, p.Missing = locate(dir, p.Path)
	}
	for i := range s.Panes {
		m := &s.Panes[i].Task.Model
		m.Path, s.Panes[i].Missing = locate(dir, m.Path)
		if like := s.Panes[i].Task.Like; like != nil {
			here := *like
			here.Path, _ = locate(dir, like.Path)
			s.Panes[i].Task.Like = &here
		}
	}
}

func locate(dir, path string) (found string, missing bool) {
	// A path without a folder means nothing but "beside it".
	if Named(path) || (filepath.IsAbs(path) && isFile(path)) {
		return path, false
	}
	// Paths of another system end in the name too.
	name := path[strings.LastIndexAny(path, `/\`)+1:]
	if beside := filepath.Join(dir, name); name != "" && isFile(beside) {
		return beside, false
	}
	return path, true
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

func (s *Session) absolute() {
	full := func(path string) string {
		if path == "" || Named(path) {
			return path
		}
		if abs, err := filepath.Abs(path); err == nil {
			return abs
		}
		return path
	}
	s.Pictures, s.Panes = slices.Clone(s.Pictures), slices.Clone(s.Panes)
	for i := range s.Pictures {
		s.Pictures[i].Path = full(s.Pictures[i].Path)
	}
	for i := range s.Panes {
		s.Panes[i].Task.Model.Path = full(s.Panes[i].Task.Model.Path)
		if like := s.Panes[i].Task.Like; like != nil {
			whole := *like
			whole.Path = full(like.Path)
			s.Panes[i].Task.Like = &whole
		}
	}
}

// Hash reads the pictures whose content is not known yet, so that a change is
// noticed wherever the project is opened. Files that cannot be read stay
// without; their number is told.
func (s *Session) Hash(ctx context.Context) (unread int, err error) {
	s.Pictures = slices.Clone(s.Pictures)
	for i := range s.Pictures {
		if err := ctx.Err(); err != nil {
			return unread, err
		}
		p := &s.Pictures[i]
		if p.SHA256 != "" || Named(p.Path) {
			continue
		}
		sum, err := hash(p.Path)
		if err != nil {
			unread++
			continue
		}
		p.SHA256 = sum
	}
	return unread, nil
}

func hash(path string) (string, error) {
	if !isFile(path) {
		// A pipe would be read for ever.
		return "", fmt.Errorf("%s is no file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
