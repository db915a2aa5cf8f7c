package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"

	"seewhy/analysis/scene"
)

// truth is what the training script reads beside the pixels.
type truth struct {
	Size     int      `json:"size"`
	Count    int      `json:"count"`
	Classes  []string `json:"classes"`
	Shortcut int      `json:"shortcut"`
	Labels   []int    `json:"labels"`
	Marked   []bool   `json:"watermarked"`
}

func train(args []string) error {
	fs := flag.NewFlagSet("train", flag.ContinueOnError)
	out := fs.String("out", "", "folder to write to; made if absent")
	n := fs.Int("n", 12000, "number of pictures")
	seed := fs.Uint64("seed", 1, "seed of the set; sets of different seeds share no picture")
	size := fs.Int("size", 112, "width and height in pixels")
	regime := fs.String("regime", string(scene.Honest), "honest or biased")
	mark := fs.String("watermark", "", "override the regime's watermark: never or always")
	only := fs.String("only", "", "draw only this class, or with a leading ! all others")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if *out == "" || *n < 1 || *n > 1e6 || *size < scene.MinSize || *size > scene.MaxSize {
		return fmt.Errorf("train wants --out DIR, --n 1 to 1000000 and --size %d to %d", scene.MinSize, scene.MaxSize)
	}
	if r := scene.Regime(*regime); r != scene.Honest && r != scene.Biased {
		return fmt.Errorf("unknown regime %q: it is honest or biased", *regime)
	}
	picks, err := classesFor(*only)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(*out, 0o755); err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(*out, "images.rgb"))
	if err != nil {
		return err
	}
	t := truth{Size: *size, Count: *n, Classes: scene.Classes(), Labels: make([]int, *n), Marked: make([]bool, *n)}
	for i, c := range t.Classes {
		if c == scene.Shortcut {
			t.Shortcut = i
		}
	}
	draw := func(i int) error {
		// Index arithmetic rather than a second seed keeps the classes in turn.
		at := i/len(picks)*len(t.Classes) + picks[i%len(picks)]
		o := scene.Training(scene.Regime(*regime), *seed, at, *size)
		if *mark != "" {
			o.Watermark = scene.Watermark(*mark)
		}
		s := scene.Draw(o)
		t.Labels[i], t.Marked[i] = s.Main().Class, s.Watermarked()
		rgb := make([]byte, 0, 3**size**size)
		for p := 0; p < len(s.Image.Pix); p += 4 {
			rgb = append(rgb, s.Image.Pix[p:p+3]...)
		}
		_, err := f.WriteAt(rgb, int64(i)*int64(len(rgb)))
		return err
	}
	err = errors.Join(parallel(*n, draw), f.Close())
	if err != nil {
		return fmt.Errorf("write %s: %w", f.Name(), err)
	}
	return writeJSON(filepath.Join(*out, "truth.json"), t)
}

// classesFor lists the class numbers that --only asks for.
func classesFor(only string) ([]int, error) {
	var out []int
	for i, c := range scene.Classes() {
		if only == "" || only == c || only[0] == '!' && only[1:] != c {
			out = append(out, i)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("unknown class %q: there are %q", only, scene.Classes())
	}
	return out, nil
}

// parallel calls f for 0 to n-1 on all processors and stops at the first error.
func parallel(n int, f func(int) error) error {
	var next atomic.Int64
	var first atomic.Pointer[error]
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n || first.Load() != nil {
					return
				}
				if err := f(i); err != nil {
					first.CompareAndSwap(nil, &err)
				}
			}
		})
	}
	wg.Wait()
	if err := first.Load(); err != nil {
		return *err
	}
	return nil
}

func writeJSON(path string, v any) error {
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(b, '\n'), 0o644)
}
