package runtime

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"seewhy/models/tensor"
)

// fromCache runs the probe's net from the cache under a key and says whether it
// was found there and how often the model was written anew.
func fromCache(t *testing.T, c *Cache, key string) (cached bool, builds int) {
	t.Helper()
	s, cached, err := c.Session(library(t), key, func() ([]byte, string, error) {
		builds++
		return probeNet(), "", nil
	}, []string{"x"}, []string{"y"}, Options{Device: CPU})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	x := tensor.New(1, probeChannels, probeSide, probeSide)
	for i := range x.Data {
		x.Data[i] = 1
	}
	y, err := s.Run(t.Context(), []tensor.Tensor{x})
	if err != nil {
		t.Fatal(err)
	}
	// The middle of a constant picture is kept by every layer; float32 sums of
	// 576 products a layer.
	if v := y[0].Data[probeSide*probeSide/2+probeSide/2]; !(v > 0.9999 && v < 1.0001) {
		t.Errorf("the net gives %g, want 1", v)
	}
	c.Wait()
	return cached, builds
}

func files(t *testing.T, c *Cache, suffix string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(c.Dir, "*"+suffix))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestCacheKeepsSessions(t *testing.T) {
	c := &Cache{Dir: filepath.Join(t.TempDir(), "new", "sessions"), Limit: CacheLimit}
	for i, want := range []struct {
		key    string
		cached bool
	}{{"a", false}, {"a", true}, {"b", false}, {"a", true}, {"b", true}} {
		cached, builds := fromCache(t, c, want.key)
		if cached != want.cached || (builds == 0) != want.cached {
			t.Errorf("opening %d of %q: cached %v with %d builds, want %v", i, want.key, cached, builds, want.cached)
		}
	}
	if got := files(t, c, cacheSuffix); len(got) != 2 {
		t.Errorf("the folder holds %v", got)
	}
	if got := files(t, c, partSuffix); len(got) != 0 {
		t.Errorf("parts are left: %v", got)
	}
	if st, err := os.Stat(c.Dir); err != nil || st.Mode().Perm() != 0o700 {
		t.Errorf("folder %v, %v: want it for the user alone", st, err)
	}
}

// Whatever happens to a file, the session comes out right and the file is
// replaced by a good one.
func TestCacheSurvivesBadFiles(t *testing.T) {
	damage := map[string]func(t *testing.T, path string, data []byte){
		"a byte changed": func(t *testing.T, path string, data []byte) { data[len(data)/3] ^= 1; write(t, path, data) },
		"cut off":        func(t *testing.T, path string, data []byte) { write(t, path, data[:len(data)/2]) },
		"footer cut":     func(t *testing.T, path string, data []byte) { write(t, path, data[:len(data)-1]) },
		"empty":          func(t *testing.T, path string, data []byte) { write(t, path, nil) },
		"format to come": func(t *testing.T, path string, data []byte) { data[len(data)-footerSize+7]++; write(t, path, data) },
		"sealed, not a model": func(t *testing.T, path string, data []byte) {
			name := filepath.Base(path[:len(path)-len(cacheSuffix)])
			junk := bytes.Repeat([]byte("junk"), 100)
			write(t, path, append(junk, footer(name, junk)...))
		},
		"a file of another key": func(t *testing.T, path string, data []byte) {
			model := data[:len(data)-footerSize]
			write(t, path, append(slices.Clone(model), footer("other", model)...))
		},
		"a link": func(t *testing.T, path string, data []byte) {
			elsewhere := filepath.Join(t.TempDir(), "elsewhere")
			write(t, elsewhere, data)
			if err := errors.Join(os.Remove(path), os.Symlink(elsewhere, path)); err != nil {
				t.Skip(err)
			}
		},
	}
	for name, spoil := range damage {
		t.Run(name, func(t *testing.T) {
			c := &Cache{Dir: t.TempDir(), Limit: CacheLimit}
			fromCache(t, c, "k")
			path := files(t, c, cacheSuffix)[0]
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			spoil(t, path, data)
			if cached, builds := fromCache(t, c, "k"); cached || builds != 1 {
				t.Errorf("cached %v with %d builds: it should have been built", cached, builds)
			}
			if cached, _ := fromCache(t, c, "k"); !cached {
				t.Error("the bad file was not replaced")
			}
		})
	}
}

// A file that the library refuses goes; one for which memory is short stays
// for the next time. The library names the operator that it does not know, by
// which its refusal reads like one or the other.
func TestCacheKeepsAFileWhenMemoryIsShort(t *testing.T) {
	for op, kept := range map[string]bool{"Unknown": false, "out_of_memory": true} {
		c := &Cache{Dir: t.TempDir(), Limit: CacheLimit}
		refused := model(appendNode(nil, op, []string{"x"}, "y"), []value{{"x", tFloat, []int64{1}}}, []value{{"y", tFloat, []int64{1}}})
		inputs, outputs := []string{"x"}, []string{"y"}
		if _, err := library(t).NewSession(refused, inputs, outputs, Options{}); err == nil || errors.Is(err, ErrMemory) != kept {
			t.Fatalf("%s is refused with %v", op, err)
		}
		name := c.name(library(t), "k", inputs, outputs)
		write(t, c.path(name), append(slices.Clone(refused), footer(name, refused)...))
		want := errors.New("the caller cannot build it either")
		_, _, err := c.Session(library(t), "k", func() ([]byte, string, error) { return nil, "", want }, inputs, outputs, Options{})
		if !errors.Is(err, want) {
			t.Errorf("%s: error %v, want the caller's", op, err)
		}
		if _, ok := c.load(name); ok != kept {
			t.Errorf("%s: the file is kept: %v, want %v", op, ok, kept)
		}
	}
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestCacheIsBounded(t *testing.T) {
	c := &Cache{Dir: t.TempDir(), Limit: CacheLimit}
	fromCache(t, c, "0")
	st, err := os.Stat(files(t, c, cacheSuffix)[0])
	if err != nil {
		t.Fatal(err)
	}
	// Room for three: 1 is the longest unused when 3 comes, as 0 was read since.
	c.Limit = 3*st.Size() + st.Size()/2
	stale := filepath.Join(c.Dir, "x"+partSuffix)
	write(t, stale, []byte("left by a process that ended"))
	past := time.Now().Add(-2 * abandoned)
	if err := os.Chtimes(stale, past, past); err != nil {
		t.Fatal(err)
	}
	age := func() {
		for _, f := range files(t, c, cacheSuffix) {
			st, err := os.Stat(f)
			if err != nil {
				t.Fatal(err)
			}
			then := st.ModTime().Add(-time.Minute)
			if err := os.Chtimes(f, then, then); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, key := range []string{"1", "2", "0", "3"} {
		age()
		fromCache(t, c, key)
	}
	if got := files(t, c, cacheSuffix); len(got) != 3 {
		t.Errorf("%d files are left, want 3", len(got))
	}
	for key, want := range map[string]bool{"0": true, "2": true, "3": true, "1": false} {
		if _, ok := c.load(c.name(library(t), key, []string{"x"}, []string{"y"})); ok != want {
			t.Errorf("%s is kept: %v, want %v", key, ok, want)
		}
	}
	if got := files(t, c, partSuffix); len(got) != 0 {
		t.Errorf("stale parts are left: %v", got)
	}
	// What is too large is not kept at all.
	c.Limit = st.Size() / 2
	if cached, _ := fromCache(t, c, "large"); cached {
		t.Error("a file above the limit was read")
	}
}

// A folder that cannot be made or written, no cache, and other devices' rules
// only mean building.
func TestCacheIsNeverFatal(t *testing.T) {
	blocked := filepath.Join(t.TempDir(), "file")
	write(t, blocked, nil)
	readOnly := t.TempDir()
	if err := os.Chmod(readOnly, 0o500); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]*Cache{
		"none": nil, "a file in the folder's place": {Dir: filepath.Join(blocked, "sessions"), Limit: CacheLimit},
		"read-only folder": {Dir: readOnly, Limit: CacheLimit}, "no room": {Dir: t.TempDir()},
	} {
		t.Run(name, func(t *testing.T) {
			for range 2 {
				if cached, builds := fromCache(t, c, "k"); builds != 1 && !(name == "read-only folder" && cached) {
					t.Errorf("cached %v with %d builds", cached, builds)
				}
			}
		})
	}
	// The disk is full as soon as the library writes: a device that takes nothing.
	if _, err := os.Stat("/dev/full"); err == nil {
		o := Options{Device: CPU, saveTo: "/dev/full"}
		if _, err := library(t).NewSession(probeNet(), []string{"x"}, []string{"y"}, o); err != nil {
			t.Log("a full disk fails the session; the cache builds it again without saving:", err)
		}
	}
	want := fmt.Errorf("the caller's own error")
	if _, _, err := (&Cache{Dir: t.TempDir(), Limit: CacheLimit}).Session(library(t), "k", func() ([]byte, string, error) { return nil, "", want }, []string{"x"}, []string{"y"}, Options{}); !errors.Is(err, want) {
		t.Errorf("error %v, want the caller's", err)
	}
}
