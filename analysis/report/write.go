package report

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"seewhy/assets/i18n"
)

// WriteFile writes the report of one result, or the comparison of several,
// to path, replacing what is there. The file is whole or it is not there.
func WriteFile(path string, in ...Input) error {
	return Save(path, func(w io.Writer) error {
		if len(in) == 1 {
			return PNG(w, in[0])
		}
		return Compare(w, in)
	})
}

// Save writes a file through a temporary one beside it, so that a crash or a
// full disk leaves the old file or none, never half of one. Its errors are
// words for the person who chose the path.
func Save(path string, write func(io.Writer) error) (err error) {
	folder := filepath.Dir(path)
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return errors.New(i18n.T("%s is a folder: choose a file name", path))
	}
	file, err := os.CreateTemp(folder, ".seewhy-*.part")
	if err != nil {
		return inWords(err, path)
	}
	defer func() {
		if err != nil {
			// The first error is the one to tell; the file may be closed already.
			_ = file.Close()
			_ = os.Remove(file.Name())
		}
	}()
	buffered := bufio.NewWriterSize(file, 1<<16)
	if err := write(buffered); err != nil {
		return inWords(err, path)
	}
	for _, step := range []func() error{
		buffered.Flush,
		func() error { return file.Chmod(0o644) },
		file.Sync,
		file.Close,
		func() error { return os.Rename(file.Name(), path) },
	} {
		if err := step(); err != nil {
			return inWords(err, path)
		}
	}
	return nil
}

// inWords tells what is wrong with a path and what to do.
func inWords(err error, path string) error {
	folder := filepath.Dir(path)
	var words string
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		words = i18n.T("the disk of %s is full: free some space or choose another folder", folder)
	case errors.Is(err, syscall.EROFS):
		words = i18n.T("%s cannot be written to: choose another folder", folder)
	case errors.Is(err, fs.ErrPermission):
		words = i18n.T("you may not write to %s: choose another folder", folder)
	case errors.Is(err, fs.ErrNotExist):
		words = i18n.T("there is no folder %s: create it or choose another", folder)
	default:
		return err
	}
	return fmt.Errorf("%s (%w)", words, err)
}
