package runtime

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"

	ort "github.com/yalue/onnxruntime_go"
)

// Library is ONNX Runtime, loaded. It lives as long as the process: unloading
// it under running drivers is not safe. Its methods are safe from many
// goroutines.
type Library struct {
	path    string
	version string
	devices deviceCache
	hangs   quarantine
	turns   turns
	// api is nil where the library's table cannot be had: nothing is bound then.
	api *capi

	// blockSize is what block found out once.
	blockOnce sync.Once
	blockSize int64
}

// The binding keeps one environment for the whole process, so does this package.
var (
	openMutex sync.Mutex
	opened    *Library
)

// Open loads the library at a path that Find returned and starts its
// environment. A second Open of the same file returns the same Library; of
// another file it is an error, because a process holds one.
func Open(libraryPath string) (*Library, error) {
	path := libraryPath
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	openMutex.Lock()
	defer openMutex.Unlock()
	if opened != nil {
		if opened.path != path {
			return nil, fmt.Errorf("ONNX Runtime: %s is loaded already; restart the program to use %s", opened.path, path)
		}
		return opened, nil
	}
	ort.SetSharedLibraryPath(path)
	// Failures come back as errors, which name the model and the node; the
	// library's own log would only repeat them on the terminal.
	if err := ort.InitializeEnvironment(ort.WithLogLevelFatal()); err != nil {
		return nil, openError(path, err)
	}
	// Nothing about a user's models leaves the machine. Only Windows builds
	// have telemetry at all; elsewhere this does nothing.
	if err := ort.DisableTelemetry(); err != nil {
		return nil, fmt.Errorf("ONNX Runtime: %s: its telemetry could not be switched off: %w", path, err)
	}
	opened = &Library{path: path, version: ort.GetVersion()}
	if base := apiBase(path); base != nil {
		// Without it every run carries its inputs, as the binding does.
		opened.api, _ = newCAPI(base)
	}
	return opened, nil
}

func openError(path string, err error) error {
	if strings.Contains(err.Error(), "setting ORT API base") {
		return fmt.Errorf("ONNX Runtime: %s is too old: 1.%d or newer is wanted; scripts/onnxruntime.sh fetches %s",
			path, oldest, Pinned)
	}
	return fmt.Errorf("ONNX Runtime: %s cannot be loaded: %w; scripts/onnxruntime.sh fetches one that can", path, err)
}

// Version is the library's own version, such as "1.27.0".
func (l *Library) Version() string { return l.version }

// Path is the file that was loaded, symbolic links resolved.
func (l *Library) Path() string { return l.path }
