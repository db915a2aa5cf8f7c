package cli

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/task"
	"seewhy/assets/i18n"
)

// window opens the window; where there is no display it does the same job
// without: the first picture, explained, as a report.
func (s *shell) window(c *cobra.Command, files []string) error {
	for _, f := range files {
		if _, err := os.Stat(f); err != nil {
			if close := near(f, commandNames(c), 2); len(close) > 0 {
				return usage("%q is neither a command nor a file; did you mean %s?", f, strings.Join(close, ", "))
			}
			return usage("%q is neither a command nor a file; %s", f, helpHint(c))
		}
	}
	err := ErrNoDisplay
	if s.Window != nil {
		err = s.Window(WindowOptions{Files: files, Library: s.library, Language: s.language, Version: s.Version})
	}
	if !errors.Is(err, ErrNoDisplay) {
		return err
	}
	s.err.line(i18n.T("There is no display: a picture is explained without a window."))
	return s.headless(c.Context(), files)
}

func commandNames(c *cobra.Command) []string {
	var names []string
	for _, sub := range c.Commands() {
		names = append(names, sub.Name())
	}
	return names
}

func (s *shell) headless(ctx context.Context, files []string) error {
	e, err := s.engine()
	if err != nil {
		return err
	}
	var ref string
	var images []string
	for _, f := range files {
		if strings.EqualFold(filepath.Ext(f), ".onnx") {
			ref = f
		} else {
			images = append(images, f)
		}
	}
	if ref == "" {
		if ref, err = defaultModel(e); err != nil {
			return err
		}
	}
	if len(images) == 0 {
		images = []string{e.Gallery()[0].Ref}
	}
	m, err := s.openModel(ctx, e, ref, "")
	if err != nil {
		return err
	}
	list, _, err := pictures(images, e.Gallery())
	if err != nil {
		return err
	}
	path := "seewhy-report.png"
	if st, err := os.Stat("build"); err == nil && st.IsDir() {
		path = filepath.Join("build", "report.png")
	}
	b := &batch{shell: s, engine: e, out: destination{file: path}, recipes: []recipe{{
		task:  task.Task{Model: m.Ref, Method: "gradcam", Layer: task.Auto, Target: task.Target{Class: task.AutoClass}},
		style: heatmap.DefaultStyle(), model: m,
	}}}
	return b.run(ctx, list[:1])
}
