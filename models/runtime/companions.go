package runtime

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// companions lists the libraries that lie beside the runtime library in dir
// and that its CUDA provider links to by bare name: CUDA's and cuDNN's. The
// provider carries no path of its own to look in, so they must be loaded
// before it. The order is that of their own needs: a maths library comes
// after the runtime, cuDNN last.
func companions(dir string) []string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	order := []string{"libcudart.so.", "libnvrtc.so.", "libcublasLt.so.", "libcublas.so.", "libcufft.so.", "libcurand.so.", "libcudnn.so."}
	var list []string
	for _, prefix := range order {
		for _, e := range entries {
			if strings.HasPrefix(e.Name(), prefix) {
				list = append(list, filepath.Join(dir, e.Name()))
			}
		}
	}
	return slices.Clip(list)
}
