package report

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestWriteFile(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "why.png")
	for range 2 {
		if err := WriteFile(path, sample(20, 10)); err != nil {
			t.Fatal(err)
		}
	}
	if err := WriteFile(filepath.Join(folder, "two.png"), sample(20, 10), sample(20, 10)); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]int{path: 1, filepath.Join(folder, "two.png"): 2} {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		records, err := Provenance(f)
		if err != nil || len(records) != want {
			t.Errorf("%s: %d records, %v", name, len(records), err)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
	if entries, _ := os.ReadDir(folder); len(entries) != 2 {
		t.Errorf("the folder holds %v", entries)
	}
}

func TestSaveKeepsTheOldFileWhenItFails(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "why.png")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	full := fmt.Errorf("write: %w", syscall.ENOSPC)
	err := Save(path, func(w io.Writer) error {
		if _, err := w.Write(make([]byte, 1<<20)); err != nil {
			return err
		}
		return full
	})
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "is full: free some space") {
		t.Errorf("error %v", err)
	}
	if got, _ := os.ReadFile(path); string(got) != "old" {
		t.Errorf("the old file is now %.20q", got)
	}
	if entries, _ := os.ReadDir(folder); len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
}

func TestSaveSaysWhatIsWrong(t *testing.T) {
	folder := t.TempDir()
	nothing := func(io.Writer) error { return nil }
	if err := Save(folder, nothing); err == nil || !strings.Contains(err.Error(), "is a folder") {
		t.Errorf("a folder: %v", err)
	}
	if err := Save(filepath.Join(folder, "absent", "why.png"), nothing); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "there is no folder") {
		t.Errorf("an absent folder: %v", err)
	}
	for cause, want := range map[error]string{syscall.EROFS: "cannot be written to", fs.ErrPermission: "you may not write", syscall.EDQUOT: "is full"} {
		if err := inWords(&fs.PathError{Op: "open", Path: "x", Err: cause}, "/a/x"); !errors.Is(err, cause) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v", cause, err)
		}
	}
	// A full device of the system, where there is one.
	if _, err := os.Stat("/dev/full"); err == nil {
		f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
		if err != nil {
			t.Skip("cannot open /dev/full: ", err)
		}
		err = PNG(f, sample(10, 10))
		if !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("a full device: %v", err)
		}
		_ = f.Close()
	}
}
