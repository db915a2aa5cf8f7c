package runtime

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	stdruntime "runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/adrg/xdg"
)

// place is a folder or file to look at, and how the error calls it.
type place struct {
	title string
	path  string
}

// Find returns the absolute path of the ONNX Runtime shared library. The
// first of these that holds one wins: explicit (a file or a folder; "" for
// none), the environment variable SEEWHY_ONNXRUNTIME (the same), the
// program's own folder and its lib folder, the cache
// (CACHE/seewhy/onnxruntime/VERSION, before it VERSION-cuda on a machine with
// NVIDIA's driver), the system's library folders. A path
// that was asked for and holds nothing is an error, not a reason to look
// further. The error lists each place tried and says what to do.
func Find(explicit string) (string, error) {
	if explicit != "" {
		return asked("the path given", explicit)
	}
	if env := os.Getenv(Env); env != "" {
		return asked("the environment variable "+Env, env)
	}
	return first(places())
}

func asked(title, path string) (string, error) {
	found, err := look(path)
	if err != nil {
		return "", fmt.Errorf("ONNX Runtime: %s names %s: %w; name the file %s or the folder that holds it",
			title, path, err, names()[0])
	}
	return found, nil
}

// first tries places in order.
func first(places []place) (string, error) {
	var tried strings.Builder
	for _, p := range places {
		found, err := look(p.path)
		if err == nil {
			return found, nil
		}
		fmt.Fprintf(&tried, "\n  %s: %s: %v", p.title, p.path, err)
	}
	return "", fmt.Errorf("the ONNX Runtime library (%s, 1.%d or newer) was not found; places tried:%s\n"+
		"run scripts/onnxruntime.sh in the source folder to fetch version %s, or set %s to the library's path",
		names()[0], oldest, tried.String(), Pinned, Env)
}

// places lists where to look when nothing was asked for.
func places() []place {
	var list []place
	if exe, err := os.Executable(); err == nil {
		if real, err := filepath.EvalSymlinks(exe); err == nil {
			exe = real
		}
		dir := filepath.Dir(exe)
		list = append(list, place{"beside the program", dir}, place{"beside the program", filepath.Join(dir, "lib")})
	}
	cache := filepath.Join(xdg.CacheHome, "seewhy", "onnxruntime")
	// Without a driver the GPU build is the poorer one: it has no WebGPU.
	if nvidiaDriver() {
		list = append(list, place{"the app's cache, GPU build", filepath.Join(cache, Pinned+"-cuda")})
	}
	list = append(list, place{"the app's cache", filepath.Join(cache, Pinned)})
	for _, dir := range systemFolders() {
		list = append(list, place{"the system", dir})
	}
	return list
}

func systemFolders() []string {
	switch stdruntime.GOOS {
	case "windows":
		return filepath.SplitList(os.Getenv("PATH"))
	case "darwin":
		return append(filepath.SplitList(os.Getenv("DYLD_LIBRARY_PATH")), "/usr/local/lib", "/opt/homebrew/lib")
	}
	triple := map[string]string{"amd64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu"}[stdruntime.GOARCH]
	dirs := filepath.SplitList(os.Getenv("LD_LIBRARY_PATH"))
	dirs = append(dirs, "/usr/local/lib")
	if triple != "" {
		dirs = append(dirs, "/usr/lib/"+triple)
	}
	return append(dirs, "/usr/lib64", "/usr/lib")
}

// names are the library's file names on this system, best first.
func names() []string {
	switch stdruntime.GOOS {
	case "windows":
		return []string{"onnxruntime.dll"}
	case "darwin":
		return []string{"libonnxruntime.dylib", "libonnxruntime.1.dylib", "libonnxruntime." + Pinned + ".dylib"}
	}
	return []string{"libonnxruntime.so.1", "libonnxruntime.so", "libonnxruntime.so." + Pinned}
}

var errNone = errors.New("no such library there")

// look accepts a file, or a folder that holds a file of a known name.
func look(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", errNone
	}
	if !info.IsDir() {
		return accept(path, info)
	}
	err = errNone
	for _, name := range names() {
		file := filepath.Join(path, name)
		info, statErr := os.Stat(file)
		if statErr != nil {
			continue
		}
		found, acceptErr := accept(file, info)
		if acceptErr == nil {
			return found, nil
		}
		err = acceptErr
	}
	return "", err
}

// accept checks what can be told without loading: a regular file, not empty,
// and not of a version whose name says that it is too old (a distribution's
// own package often is).
func accept(file string, info os.FileInfo) (string, error) {
	if !info.Mode().IsRegular() {
		return "", errors.New("not a file")
	}
	if info.Size() == 0 {
		return "", errors.New("the file is empty")
	}
	abs, err := filepath.Abs(file)
	if err != nil {
		return "", err
	}
	if real, err := filepath.EvalSymlinks(abs); err == nil {
		if minor, ok := minorVersion(filepath.Base(real)); ok && minor < oldest {
			return "", fmt.Errorf("version 1.%d is too old", minor)
		}
	}
	return abs, nil
}

// minorVersion reads 27 from libonnxruntime.so.1.27.0 or libonnxruntime.1.27.0.dylib.
func minorVersion(name string) (int, bool) {
	parts := strings.Split(name, ".")
	i := slices.Index(parts, "1")
	if i < 0 || i+1 >= len(parts) {
		return 0, false
	}
	minor, err := strconv.Atoi(parts[i+1])
	return minor, err == nil
}
