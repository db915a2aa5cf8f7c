package library

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// origins serves a model in every way that a server may.
type origins struct {
	*httptest.Server
	body []byte
	item Item
	// served counts the body's bytes sent at /model.
	served atomic.Int64
}

func serve(t *testing.T) *origins {
	t.Helper()
	o := &origins{body: make([]byte, 700_001)}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range o.body {
		o.body[i] = byte(r.Uint32())
	}
	mux := http.NewServeMux()
	whole := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"v1"`)
		http.ServeContent(counted{w, &o.served}, r, "model.onnx", time.Time{}, bytes.NewReader(o.body))
	}
	mux.HandleFunc("/model", whole)
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/moved-again", http.StatusFound)
	})
	mux.HandleFunc("/moved-again", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/model", http.StatusTemporaryRedirect)
	})
	mux.HandleFunc("/no-range", func(w http.ResponseWriter, _ *http.Request) { w.Write(o.body) })
	mux.HandleFunc("/breaks", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(len(o.body)))
		w.Write(o.body[:300_000])
	})
	mux.HandleFunc("/other", func(w http.ResponseWriter, _ *http.Request) {
		other := bytes.Clone(o.body)
		other[500_000] ^= 1
		w.Write(other)
	})
	mux.HandleFunc("/short", func(w http.ResponseWriter, _ *http.Request) { w.Write(o.body[:1000]) })
	mux.HandleFunc("/long", func(w http.ResponseWriter, _ *http.Request) {
		for range 3 { // flushed in pieces, so that no length is announced
			w.Write(o.body)
			w.(http.Flusher).Flush()
		}
	})
	mux.HandleFunc("/page", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write([]byte("<html>please sign in</html>"))
	})
	mux.HandleFunc("/hidden-page", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Write([]byte("\n<!DOCTYPE html>"))
		w.(http.Flusher).Flush()
	})
	mux.HandleFunc("/busy", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	mux.HandleFunc("/closed", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
	mux.HandleFunc("/wrong-range", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Range") == "" {
			whole(w, r)
			return
		}
		w.Header().Set("Content-Range", "bytes 5-10/700001")
		w.WriteHeader(http.StatusPartialContent)
	})
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		w.Write(o.body[:100_000])
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	o.Server = httptest.NewServer(mux)
	t.Cleanup(o.Close)
	o.item = Item{
		Name: "tiny", URL: o.URL + "/model", SHA256: Hash(o.body), Bytes: int64(len(o.body)),
		Sidecar: Sidecar{SeeWhy: SidecarVersion, Title: "Tiny", Labels: []string{"a", "b"}},
	}
	return o
}

func (o *origins) at(path string) Item {
	item := o.item
	item.URL = o.URL + path
	return item
}

type counted struct {
	http.ResponseWriter
	n *atomic.Int64
}

func (c counted) Write(p []byte) (int, error) {
	n, err := c.ResponseWriter.Write(p)
	c.n.Add(int64(n))
	return n, err
}

func mustFetch(t *testing.T, item Item, dir string, o *origins) {
	t.Helper()
	var last, total int64
	path, err := Fetch(t.Context(), item, dir, o.Client(), func(done, all int64) {
		if done < 0 || done > all {
			t.Errorf("progress %d of %d", done, all)
		}
		last, total = done, all
	})
	if err != nil {
		t.Fatal(err)
	}
	if last != item.Bytes || total != item.Bytes {
		t.Errorf("progress ended at %d of %d", last, total)
	}
	data, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(data, o.body) {
		t.Fatalf("the file holds %d bytes, %v", len(data), err)
	}
	if _, err := os.Stat(path + ".part"); err == nil {
		t.Error("the part is still there")
	}
}

func TestFetch(t *testing.T) {
	o := serve(t)
	dir := filepath.Join(t.TempDir(), "a", "b")
	mustFetch(t, o.at("/moved"), dir, o)
	found, problems := Discover(o.item.Path(dir), nil, []int{1, 3, 224, 224}, 2)
	if len(problems) > 0 || found.Title != "Tiny" || len(found.Labels) != 2 {
		t.Errorf("beside it: %+v, %v", found, problems)
	}
	sent := o.served.Load()
	mustFetch(t, o.item, dir, o) // it is there: nothing is sent
	if o.served.Load() != sent {
		t.Error("a file that is there was fetched again")
	}
	if err := os.WriteFile(o.item.Path(dir), bytes.Repeat([]byte{7}, len(o.body)), 0o644); err != nil {
		t.Fatal(err)
	}
	mustFetch(t, o.item, dir, o) // damaged: fetched anew
	if o.served.Load() != 2*sent {
		t.Errorf("%d bytes sent for a damaged file", o.served.Load()-sent)
	}
}

// TestFetchResumes: after a break only what is missing is sent, and a part of
// another file, or a server that does not resume, still gives the right one.
func TestFetchResumes(t *testing.T) {
	o := serve(t)
	dir := t.TempDir()
	_, err := Fetch(t.Context(), o.at("/breaks"), dir, o.Client(), nil)
	if err == nil || !strings.Contains(err.Error(), "300000 of 700001") {
		t.Fatalf("broken connection: %v", err)
	}
	mustFetch(t, o.item, dir, o)
	if got, want := o.served.Load(), int64(len(o.body)-300_000); got != want {
		t.Errorf("%d bytes sent, %d were missing", got, want)
	}
	for name, c := range map[string]struct {
		path string
		part []byte
		tag  string
	}{
		"server without ranges":   {"/no-range", o.body[:1234], ""},
		"same version":            {"/model", o.body[:1234], `"v1"`},
		"new version":             {"/model", o.body[:1234], `"v0"`},
		"part of another file":    {"/model", bytes.Repeat([]byte{1}, 999), `"v1"`},
		"part longer than wanted": {"/model", make([]byte, len(o.body)+1), `"v1"`},
		"whole part":              {"/model", o.body, `"v1"`},
		"whole wrong part":        {"/model", make([]byte, len(o.body)), `"v1"`},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			part := o.item.Path(dir) + ".part"
			if err := os.WriteFile(part, c.part, 0o644); err != nil {
				t.Fatal(err)
			}
			if c.tag != "" {
				if err := os.WriteFile(part+".etag", []byte(c.tag), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			mustFetch(t, o.at(c.path), dir, o)
		})
	}
}

// TestFetchRefuses: whatever is wrong, no file gets the model's name, and the
// words say what it is.
func TestFetchRefuses(t *testing.T) {
	o := serve(t)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for path, want := range map[string]string{
		"/other":       "checksum is wrong",
		"/short":       "offers 1000 bytes where 700001 are wanted",
		"/long":        "more than the 700001 bytes",
		"/page":        "web page",
		"/hidden-page": "web page",
		"/absent":      "does not have the file any more (404",
		"/busy":        "try again later",
		"/closed":      "does not hand out",
		"no network":   "no network, or the server cannot be reached",
	} {
		t.Run(path, func(t *testing.T) {
			dir := t.TempDir()
			item := o.at(path)
			if path == "no network" {
				item.URL = gone.URL
			}
			_, err := Fetch(t.Context(), item, dir, o.Client(), nil)
			if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "tiny") {
				t.Errorf("%v; want %q", err, want)
			}
			if _, err := os.Stat(item.Path(dir)); err == nil {
				t.Error("the file got its name")
			}
			if strings.Contains(path, "page") || path == "/other" || path == "/long" {
				if st, err := os.Stat(item.Path(dir) + ".part"); err != nil || st.Size() != 0 {
					t.Errorf("what was wrong is kept: %v %v", st, err)
				}
			}
		})
	}
	dir := t.TempDir()
	if err := os.WriteFile(o.item.Path(dir)+".part", o.body[:500_000], 0o644); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/page", "/short", "/busy"} {
		if _, err := Fetch(t.Context(), o.at(path), dir, o.Client(), nil); err == nil {
			t.Errorf("%s is accepted", path)
		}
	}
	if st, err := os.Stat(o.item.Path(dir) + ".part"); err != nil || st.Size() != 500_000 {
		t.Errorf("a wrong answer cost what had come: %v, %v", st, err)
	}
	if err := os.WriteFile(o.item.Path(dir)+".part", o.body[:10], 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Fetch(t.Context(), o.at("/wrong-range"), dir, o.Client(), nil); err == nil || !strings.Contains(err.Error(), "another range") {
		t.Errorf("a wrong range: %v", err)
	}
	blocked := filepath.Join(dir, "file")
	if err := os.WriteFile(blocked, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Fetch(t.Context(), o.item, filepath.Join(blocked, "x"), o.Client(), nil); err == nil {
		t.Error("a file in place of the folder is accepted")
	}
}

// TestFetchCancels returns at once, keeps what came, and goes on from there.
func TestFetchCancels(t *testing.T) {
	o := serve(t)
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	_, err := Fetch(ctx, o.at("/slow"), dir, o.Client(), func(done, _ int64) {
		if done >= 100_000 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "cancelled") {
		t.Fatalf("%v", err)
	}
	mustFetch(t, o.item, dir, o)
	if got := o.served.Load(); got != int64(len(o.body)-100_000) {
		t.Errorf("%d bytes sent after the cancel", got)
	}
}

// TestFetchTogether: two at once end with one right file.
func TestFetchTogether(t *testing.T) {
	o := serve(t)
	dir := t.TempDir()
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			if _, err := Fetch(t.Context(), o.item, dir, o.Client(), nil); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if sum, err := HashFile(o.item.Path(dir)); err != nil || sum != o.item.SHA256 {
		t.Errorf("%s, %v", sum, err)
	}
	if got := o.served.Load(); got != int64(len(o.body)) {
		t.Errorf("%d bytes sent for three at once", got)
	}
}

// TestWordsForErrors: the kinds that a test cannot cause.
func TestWordsForErrors(t *testing.T) {
	for want, err := range map[string]error{
		"the disk is full":           &os.PathError{Op: "write", Err: syscall.ENOSPC},
		"folder cannot be written":   &os.PathError{Op: "open", Err: syscall.EACCES},
		"no network, or example.org": &net.DNSError{Name: "example.org", Err: "no such host"},
	} {
		got := inWords(fmt.Errorf("outer: %w", err))
		if !strings.Contains(got.Error(), want) || !errors.Is(got, err) {
			t.Errorf("%v; want %q", got, want)
		}
	}
}
