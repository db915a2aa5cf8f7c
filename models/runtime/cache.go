package runtime

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	stdruntime "runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/adrg/xdg"
	"golang.org/x/sys/cpu"
)

// Cache keeps optimised models in a folder, so that a session that was built
// before is loaded instead. A Cache is safe from many goroutines, and its
// folder from many processes: files appear whole, by renaming.
//
// It never makes a session fail. A folder that cannot be written, a full disk,
// a file that is cut off, changed or of another version only means that the
// session is built, and its file written again.
//
// The checksum guards against accidents. It is no seal: whoever can write into
// the user's cache folder can change a file and its checksum, and could as
// well replace the library that lies there. What a changed file can do is what
// any model file can, and the library reads both with the same checks.
type Cache struct {
	// Dir is the folder, made when first needed.
	Dir string
	// Limit bounds the bytes of all files; the longest unused go first.
	Limit int64

	mutex   sync.Mutex
	writers sync.WaitGroup
}

// UserCacheDir is the folder for a Cache in the user's own cache.
func UserCacheDir() string { return filepath.Join(xdg.CacheHome, "seewhy", "sessions") }

// CacheLimit is a Limit that suits: five sessions of a ResNet-50's gradient.
const CacheLimit = 1 << 30

// cacheSuffix is the ending of files in the cache, partSuffix of those being
// written.
const (
	cacheSuffix = ".seewhy-session"
	partSuffix  = ".part"
)

// cacheMagic starts the footer of a file; its last character is the version of
// the format.
const cacheMagic = "SeeWhyS2"

// footerSize is the magic, the model's length and the SHA-256 of key and model.
const footerSize = len(cacheMagic) + 8 + sha256.Size

// Session is Library.NewSession, from the cache where it holds what key names:
// the caller's words for everything that determines the model that build
// writes. The library's version, the processor and its features, and the names
// of inputs and outputs are added to it here. Only sessions on the CPU whose
// weights are inside the model are kept; cached tells that one was found. A
// nil Cache keeps nothing.
func (c *Cache) Session(l *Library, key string, build func() (model []byte, folder string, err error), inputs, outputs []string, o Options) (s *Session, cached bool, err error) {
	name := c.name(l, key, inputs, outputs)
	usable := c != nil && c.Limit > 0 && deviceID(o.Device) == CPU && !o.DisableOptimization
	if usable {
		if data, ok := c.load(name); ok {
			again := o
			again.optimised = true
			s, err := l.NewSession(data, inputs, outputs, again)
			if err == nil {
				return s, true, nil
			}
			// Short memory says nothing against the file.
			if !errors.Is(err, ErrMemory) {
				c.drop(name)
			}
		}
	}
	model, folder, err := build()
	if err != nil {
		return nil, false, err
	}
	o.Folder = folder
	if usable && folder == "" && int64(len(model)) < c.Limit/2 {
		if part, ok := c.part(name); ok {
			o.saveTo = part
			s, err := l.NewSession(model, inputs, outputs, o)
			if err == nil {
				c.writers.Go(func() { c.seal(part, name) })
				return s, false, nil
			}
			if errors.Is(err, ErrKernels) {
				_ = os.Remove(part)
				return nil, false, err
			}
			// The disk may be full, or the model at fault: the second try tells.
			_ = os.Remove(part)
			o.saveTo = ""
		}
	}
	s, err = l.NewSession(model, inputs, outputs, o)
	return s, false, err
}

// Wait returns when everything that was begun is written.
func (c *Cache) Wait() {
	if c != nil {
		c.writers.Wait()
	}
}

// name is the file's name for a key: optimised models hold layouts made for
// one kind of processor.
func (c *Cache) name(l *Library, key string, inputs, outputs []string) string {
	h := sha256.New()
	for _, part := range []string{
		cacheMagic, key, l.Version(), stdruntime.GOOS, stdruntime.GOARCH, fmt.Sprintf("%+v %+v", cpu.X86, cpu.ARM64),
		strings.Join(inputs, "\x00"), strings.Join(outputs, "\x00"), fmt.Sprint(l.Kernels()),
	} {
		fmt.Fprintf(h, "%d %s\n", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func (c *Cache) path(name string) string { return filepath.Join(c.Dir, name+cacheSuffix) }

// load reads a file whose checksum is right, and marks it as used.
func (c *Cache) load(name string) (model []byte, ok bool) {
	path := c.path(name)
	// A link or a pipe in our folder is not ours.
	if st, err := os.Lstat(path); err != nil || !st.Mode().IsRegular() || st.Size() < int64(footerSize) || st.Size() > c.Limit {
		return nil, false
	}
	data, err := os.ReadFile(path)
	if err != nil || len(data) < footerSize {
		return nil, false
	}
	model = data[:len(data)-footerSize]
	if string(data[len(model):]) != string(footer(name, model)) {
		c.drop(name)
		return nil, false
	}
	now := time.Now()
	// Failing to mark it only lets it go earlier.
	_ = os.Chtimes(path, now, now)
	return model, true
}

func footer(name string, model []byte) []byte {
	h := sha256.New()
	h.Write([]byte(name))
	h.Write(model)
	out := binary.LittleEndian.AppendUint64([]byte(cacheMagic), uint64(len(model)))
	return h.Sum(out)
}

func (c *Cache) drop(name string) { _ = os.Remove(c.path(name)) }

// part is a new empty file of the user's own, for the library to write.
func (c *Cache) part(name string) (path string, ok bool) {
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return "", false
	}
	f, err := os.CreateTemp(c.Dir, name+".*"+partSuffix)
	if err != nil {
		return "", false
	}
	return f.Name(), f.Close() == nil
}

// seal adds the footer to what the library wrote and gives the file its name.
func (c *Cache) seal(part, name string) {
	err := func() error {
		model, err := os.ReadFile(part)
		if err != nil {
			return err
		}
		if len(model) == 0 {
			return errors.New("the library wrote nothing")
		}
		f, err := os.OpenFile(part, os.O_WRONLY|os.O_APPEND, 0)
		if err != nil {
			return err
		}
		_, err = f.Write(footer(name, model))
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
		return os.Rename(part, c.path(name))
	}()
	if err != nil {
		_ = os.Remove(part)
		return
	}
	c.evict(c.path(name))
}

// abandoned is the age from which a part belongs to a process that ended.
const abandoned = time.Hour

// evict removes the longest unused files until the rest, newest included, fit.
func (c *Cache) evict(newest string) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	entries, err := os.ReadDir(c.Dir)
	if err != nil {
		return
	}
	type file struct {
		path string
		info fs.FileInfo
	}
	var files []file
	total := int64(0)
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		path := filepath.Join(c.Dir, e.Name())
		switch filepath.Ext(path) {
		case partSuffix:
			if time.Since(info.ModTime()) > abandoned {
				_ = os.Remove(path)
			}
		case cacheSuffix:
			files = append(files, file{path, info})
			total += info.Size()
		}
	}
	slices.SortFunc(files, func(a, b file) int { return a.info.ModTime().Compare(b.info.ModTime()) })
	for _, f := range files {
		if total <= c.Limit {
			return
		}
		if f.path != newest && os.Remove(f.path) == nil {
			total -= f.info.Size()
		}
	}
}
