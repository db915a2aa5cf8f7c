package library

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/gofrs/flock"
)

// stall is how long a server may send nothing.
const stall = 60 * time.Second

// Fetch downloads item into destDir, writes its sidecar beside it, and returns
// the model's path. A file that is there already, with the right checksum, is
// taken as it is. The bytes gather in NAME.onnx.part: when the download is
// cancelled or the network goes, the next Fetch goes on from there. Only a
// file whose size and SHA-256 are right gets its name. Two processes that
// fetch the same model wait for each other.
//
// client may be nil; progress, which may be nil as well, is called often, with
// the bytes there so far and the whole size. Errors say in words what went
// wrong; a cancelled ctx is context.Canceled inside.
func Fetch(ctx context.Context, item Item, destDir string, client *http.Client, progress func(done, total int64)) (string, error) {
	path, err := (&fetch{item: item, client: client, progress: progress, path: item.Path(destDir)}).run(ctx, destDir)
	if err != nil {
		return "", fmt.Errorf("fetching %s: %w", item.Name, inWords(err))
	}
	return path, nil
}

type fetch struct {
	item     Item
	client   *http.Client
	progress func(done, total int64)
	path     string
}

func (f *fetch) part() string { return f.path + ".part" }

// tag is the file that keeps the server's ETag for the part.
func (f *fetch) tag() string { return f.path + ".part.etag" }

func (f *fetch) report(done int64) {
	if f.progress != nil {
		f.progress(done, f.item.Bytes)
	}
}

func (f *fetch) run(ctx context.Context, dir string) (string, error) {
	if f.client == nil {
		f.client = http.DefaultClient
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	lock := flock.New(f.path + ".lock")
	if _, err := lock.TryLockContext(ctx, 200*time.Millisecond); err != nil {
		if ctx.Err() != nil {
			return "", fmt.Errorf("gave up waiting for another download of the same model: %w", err)
		}
		return "", err
	}
	// The lock file stays: removing it would let a third process lock a file
	// that a second one still waits for.
	defer lock.Unlock()

	if st, err := os.Stat(f.path); err == nil && st.Size() == f.item.Bytes {
		if sum, err := HashFile(f.path); err == nil && sum == f.item.SHA256 {
			f.report(f.item.Bytes)
			return f.path, f.sidecar()
		}
	}
	resumed, err := f.download(ctx)
	var wrong *checksumError
	if resumed && errors.As(err, &wrong) {
		// The part may be the culprit (another version of the file): once more
		// from the start.
		_, err = f.download(ctx)
	}
	if err != nil {
		return "", err
	}
	if err := os.Rename(f.part(), f.path); err != nil {
		return "", err
	}
	os.Remove(f.tag())
	f.report(f.item.Bytes)
	return f.path, f.sidecar()
}

func (f *fetch) sidecar() error {
	path := strings.TrimSuffix(f.path, ".onnx") + ".json"
	if _, err := os.Stat(path); err == nil {
		// It may hold a person's own changes.
		return nil
	}
	data, err := sidecarJSON(f.item.Sidecar)
	if err != nil {
		return err
	}
	return writeAtomic(path, data)
}

// checksumError is a whole file with another content; the part is gone then.
type checksumError struct{ got, want string }

func (e *checksumError) Error() string {
	return fmt.Sprintf("the checksum is wrong (SHA-256 %.12s… instead of %.12s…): the file was changed or damaged on the way, and was thrown away", e.got, e.want)
}

// download completes the part and checks it. resumed says that bytes of an
// earlier download were used.
func (f *fetch) download(ctx context.Context) (resumed bool, err error) {
	out, err := os.OpenFile(f.part(), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return false, err
	}
	defer out.Close()
	sum := sha256.New()
	have, err := f.rehash(out, sum)
	if err != nil {
		return false, err
	}
	resumed = have > 0
	if have < f.item.Bytes {
		if have, resumed, err = f.transfer(ctx, out, sum, have); err != nil {
			return resumed, err
		}
	}
	if have != f.item.Bytes {
		return resumed, fmt.Errorf("the connection ended after %d of %d bytes; try again to go on from there", have, f.item.Bytes)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != f.item.SHA256 {
		f.discard(out)
		return resumed, &checksumError{got, f.item.SHA256}
	}
	return resumed, out.Sync()
}

// rehash feeds the bytes that are there to sum; a part that is too long for
// the file is emptied.
func (f *fetch) rehash(out *os.File, sum hash.Hash) (int64, error) {
	have, err := io.Copy(sum, io.LimitReader(out, f.item.Bytes+1))
	if err == nil && have > f.item.Bytes {
		sum.Reset()
		have, err = 0, f.discard(out)
	}
	return have, err
}

func (f *fetch) discard(out *os.File) error {
	os.Remove(f.tag())
	if err := out.Truncate(0); err != nil {
		return err
	}
	_, err := out.Seek(0, io.SeekStart)
	return err
}

// transfer asks for the bytes from have on and appends them.
func (f *fetch) transfer(ctx context.Context, out *os.File, sum hash.Hash, have int64) (total int64, resumed bool, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := time.AfterFunc(stall, func() { cancel(errStalled) })
	defer watch.Stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, f.item.URL, nil)
	if err != nil {
		return have, false, err
	}
	req.Header.Set("User-Agent", "SeeWhy")
	// Compressed on the way, a Range would count other bytes.
	req.Header.Set("Accept-Encoding", "identity")
	if have > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", have))
		// A weak tag is no ground to join bytes; the checksum decides then.
		if tag, err := os.ReadFile(f.tag()); err == nil && strings.HasPrefix(string(tag), `"`) && len(tag) < 200 {
			req.Header.Set("If-Range", string(tag))
		}
	}
	res, err := f.client.Do(req)
	if err != nil {
		return have, false, causeOf(ctx, err)
	}
	defer res.Body.Close()
	// A sign-in page must not cost what has come so far: look before emptying.
	wanted := f.item.Bytes - have
	switch {
	case res.StatusCode == http.StatusPartialContent && have > 0:
		var from int64
		if _, err := fmt.Sscanf(res.Header.Get("Content-Range"), "bytes %d-", &from); err != nil || from != have {
			return have, false, fmt.Errorf("the server answered with another range than was asked for (%q)", clean(res.Header.Get("Content-Range"), 80))
		}
		resumed = true
	case res.StatusCode == http.StatusRequestedRangeNotSatisfiable && have > 0:
		if err := f.discard(out); err != nil {
			return 0, false, err
		}
		sum.Reset()
		return f.transfer(ctx, out, sum, 0)
	case res.StatusCode == http.StatusOK:
		wanted = f.item.Bytes
	default:
		return have, false, statusInWords(res)
	}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		return have, resumed, errWebPage
	}
	if n := res.ContentLength; n >= 0 && n != wanted {
		return have, resumed, fmt.Errorf("the server offers %d bytes where %d are wanted: it holds another file", n, wanted)
	}
	if !resumed {
		// The server does not resume, or the file there is another: from the start.
		if err := f.discard(out); err != nil {
			return 0, false, err
		}
		sum.Reset()
		have = 0
	}
	if tag := res.Header.Get("ETag"); tag != "" && len(tag) < 200 {
		if err := os.WriteFile(f.tag(), []byte(tag), 0o644); err != nil {
			return have, resumed, err
		}
	}
	total, err = f.copy(out, sum, res.Body, have, watch)
	return total, resumed, causeOf(ctx, err)
}

// copy appends body to out; watch is put off with every piece.
func (f *fetch) copy(out *os.File, sum hash.Hash, body io.Reader, have int64, watch *time.Timer) (int64, error) {
	f.report(have)
	buf := make([]byte, 256<<10)
	for {
		n, err := body.Read(buf)
		if n > 0 {
			watch.Reset(stall)
			if have == 0 && looksLikePage(buf[:n]) {
				return 0, errWebPage
			}
			if have+int64(n) > f.item.Bytes {
				f.discard(out)
				return 0, fmt.Errorf("the server sends more than the %d bytes that are wanted: it holds another file", f.item.Bytes)
			}
			if _, err := out.Write(buf[:n]); err != nil {
				return have, err
			}
			sum.Write(buf[:n])
			have += int64(n)
			f.report(have)
		}
		if errors.Is(err, io.EOF) {
			return have, nil
		}
		if err != nil {
			return have, fmt.Errorf("the connection broke after %d of %d bytes; try again to go on from there: %w", have, f.item.Bytes, err)
		}
	}
}

var (
	errStalled = fmt.Errorf("the server sent nothing for %d seconds; try again to go on from there", int(stall.Seconds()))
	errWebPage = errors.New("a web page came in place of the model: is there a sign-in page or a proxy in between?")
)

func looksLikePage(head []byte) bool {
	text := strings.ToLower(strings.TrimSpace(string(head[:min(len(head), 200)])))
	return strings.HasPrefix(text, "<!doctype") || strings.HasPrefix(text, "<html") || strings.HasPrefix(text, "<?xml")
}

// causeOf prefers the reason of a cancelled context over what it led to.
func causeOf(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

func statusInWords(res *http.Response) error {
	host := res.Request.URL.Host
	switch {
	case res.StatusCode == http.StatusNotFound || res.StatusCode == http.StatusGone:
		return fmt.Errorf("%s does not have the file any more (%s)", host, res.Status)
	case res.StatusCode == http.StatusForbidden || res.StatusCode == http.StatusUnauthorized:
		return fmt.Errorf("%s does not hand out the file (%s)", host, res.Status)
	case res.StatusCode == http.StatusTooManyRequests || res.StatusCode >= 500:
		return fmt.Errorf("%s cannot serve the file now (%s); try again later", host, res.Status)
	}
	return fmt.Errorf("%s answered %s", host, res.Status)
}

// inWords says what network and disk errors mean, and keeps them inside.
func inWords(err error) error {
	var name *net.DNSError
	var network *net.OpError
	switch {
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("cancelled; what has come is kept: %w", err)
	case errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("the disk is full: %w", err)
	case errors.Is(err, os.ErrPermission):
		return fmt.Errorf("the folder cannot be written: %w", err)
	case errors.As(err, &name):
		return reworded{fmt.Sprintf("no network, or %s is not known: connect and try again, or open a model's file", name.Name), err}
	case errors.As(err, &network) && network.Op == "dial":
		return reworded{fmt.Sprintf("no network, or the server cannot be reached (%v): connect and try again, or open a model's file", network.Err), err}
	}
	return err
}

// reworded says an error in other words: the address and the resolver's own words
// are of no use to who reads it.
type reworded struct {
	words  string
	inside error
}

func (r reworded) Error() string { return r.words }
func (r reworded) Unwrap() error { return r.inside }
