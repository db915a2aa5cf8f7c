package cli

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"

	"seewhy/analysis/edit"
	"seewhy/analysis/heatmap"
	"seewhy/analysis/task"
)

// recipe is a task without its picture, how its map is shown, and the model.
type recipe struct {
	task  task.Task
	style heatmap.Style
	model task.ModelInfo
	// regions are what the map's shares are told of.
	regions regionsAsked
	// was is the result that a report holds of the task.
	was *task.Result
	// parts are names of the gallery's that belong to the task's At.
	parts []string
}

// maxTaskFile bounds a JSON task; one with a map of millions of values fits.
const maxTaskFile = 64 << 20

var pngMagic = []byte("\x89PNG\r\n\x1a\n")

// readTasks reads a task as JSON (alone, or inside what "explain --json"
// prints), or those of a report. "-" is stdin.
func readTasks(path string, stdin io.Reader) ([]recipe, error) {
	r := stdin
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, unusable("task %s: cannot be read: %v", path, reason(err))
		}
		defer f.Close()
		head := make([]byte, len(pngMagic))
		if _, err := io.ReadFull(f, head); err == nil && bytes.Equal(head, pngMagic) {
			return fromReport(path)
		}
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return nil, unusable("task %s: cannot be read: %v", path, reason(err))
		}
		r = f
	}
	data, err := io.ReadAll(io.LimitReader(r, maxTaskFile+1))
	if err != nil {
		return nil, unusable("task %s: cannot be read: %v", path, reason(err))
	}
	if len(data) > maxTaskFile {
		return nil, unusable("task %s: larger than %d MB; this is no task", path, maxTaskFile>>20)
	}
	t, regions, err := parseTask(data)
	if err != nil {
		return nil, unusable("task %s: %v; a report's PNG or what \"seewhy explain --json\" prints is wanted", path, err)
	}
	return []recipe{{task: t, style: heatmap.DefaultStyle(), regions: regionsAsked{drawn: regions}}}, nil
}

func fromReport(path string) ([]recipe, error) {
	records, err := readReport(path)
	if err != nil {
		return nil, err
	}
	var out []recipe
	for _, r := range records {
		if err := checkTask(r.Result.Task); err != nil {
			return nil, unusable("task %s: %v", path, err)
		}
		out = append(out, recipe{task: r.Result.Task, style: r.Style, was: &r.Result, regions: regionsAsked{drawn: r.Result.Regions}})
	}
	return out, nil
}

func parseTask(data []byte) (task.Task, []task.Region, error) {
	var outer struct {
		Task    *task.Task    `json:"task"`
		Regions []task.Region `json:"regions"`
	}
	if err := json.Unmarshal(data, &outer); err != nil {
		return task.Task{}, nil, usage("no JSON of one task (%v)", err)
	}
	if err := edit.CheckRegions(outer.Regions); err != nil {
		return task.Task{}, nil, usage("its regions: %v", err)
	}
	t := task.Task{Target: task.Target{Class: task.AutoClass}}
	if outer.Task != nil {
		t = *outer.Task
	} else if err := json.Unmarshal(data, &t); err != nil {
		return t, nil, usage("no JSON of one task (%v)", err)
	}
	return t, outer.Regions, checkTask(t)
}

// checkTask refuses what is no task, or one of a newer version. What its
// values mean is checked where they are used.
func checkTask(t task.Task) error {
	switch {
	case t.Schema > task.Schema:
		return usage("the task is of schema %d, this version knows %d: a newer SeeWhy made it", t.Schema, task.Schema)
	case t.Schema < 1 || t.Method == "":
		return usage("this is no task")
	}
	if err := edit.Check(t.Edits); err != nil {
		return err
	}
	if t.Preprocess.Channels != "" {
		return t.Preprocess.Check()
	}
	return nil
}

// locate finds a file that a task names: given by a flag, built in, or where
// the task says or beside the task's own file. Reports carry no folders.
func locate(given, stored, taskFile string) (string, bool) {
	if given != "" {
		return given, true
	}
	if stored == "" {
		return "", false
	}
	for _, prefix := range []string{task.BuiltinPrefix, "catalogue:", galleryPrefix} {
		if strings.HasPrefix(stored, prefix) {
			return stored, true
		}
	}
	for _, path := range []string{stored, filepath.Join(filepath.Dir(taskFile), filepath.Base(stored))} {
		if st, err := os.Stat(path); err == nil && st.Mode().IsRegular() {
			return path, true
		}
	}
	return "", false
}
