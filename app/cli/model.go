package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"seewhy/analysis/engine"
	"seewhy/analysis/task"
	"seewhy/assets/i18n"
	"seewhy/models/library"
)

// openModel opens a model for this run: what was chosen for it in the window
// holds, and labels, where given, come before.
func (s *shell) openModel(ctx context.Context, e *engine.Engine, ref, labels string) (task.ModelInfo, error) {
	if err := s.looksThere(e, ref); err != nil {
		return task.ModelInfo{}, err
	}
	m, err := e.OpenModel(ctx, ref, func(_ float64, what string) { s.say(i18n.T(what)) })
	if err != nil {
		return m, fault{ExitUnusable, fmt.Errorf("%s %w", i18n.T("model:"), err)}
	}
	remembered, ok, err := library.UserMemory().Load(m.Ref.SHA256)
	if err != nil {
		s.warn(inWords(err))
	}
	if ok {
		c := task.Choices{Preprocess: remembered.Preprocess, Labels: remembered.Labels, LabelsFrom: remembered.LabelsFrom}
		if next, err := e.Configure(ctx, m.Ref.SHA256, c); err != nil {
			s.warn(inWords(err))
		} else {
			s.say(i18n.T("using what was chosen for this model in the window"))
			m = next
		}
	}
	if labels == "" {
		return m, nil
	}
	names, err := e.LabelsFile(ctx, labels)
	if err != nil {
		return m, fault{ExitUnusable, fmt.Errorf("%s %w", i18n.T("labels:"), err)}
	}
	m, err = e.Configure(ctx, m.Ref.SHA256, task.Choices{Labels: names, LabelsFrom: labels})
	if err != nil {
		return m, fault{ExitUnusable, fmt.Errorf("%s %s: %w", i18n.T("labels:"), labels, err)}
	}
	return m, nil
}

// looksThere gives a file that is missing a better answer than the system's:
// perhaps a name was meant that needs its prefix.
func (s *shell) looksThere(e *engine.Engine, ref string) error {
	known := e.KnownModels()
	for _, k := range known {
		if k.Ref == ref {
			return nil
		}
	}
	if _, err := os.Stat(ref); !errors.Is(err, os.ErrNotExist) {
		return nil
	}
	var names []string
	for _, k := range known {
		if name := k.Ref[strings.IndexByte(k.Ref, ':')+1:]; name == ref {
			return unusable("model %s: there is no such file; did you mean %s?", ref, k.Ref)
		}
		names = append(names, k.Ref)
	}
	if close := near(ref, names, 3); strings.Contains(ref, ":") && len(close) > 0 {
		return unusable("model %s: there is none of that name; near ones: %s", ref, strings.Join(close, ", "))
	}
	return unusable("model %s: there is no such file; \"seewhy models\" lists those that have a name", ref)
}

// defaultRef is the model that the window opens first.
const defaultRef = "builtin:seewhy-scenes-honest"

// defaultModel is the model to use where none was named: one inside the program.
func defaultModel(e *engine.Engine) (string, error) {
	first := ""
	for _, k := range e.KnownModels() {
		if k.Ref == defaultRef {
			return k.Ref, nil
		}
		if k.Source == "builtin" && first == "" {
			first = k.Ref
		}
	}
	if first == "" {
		return "", unusable("no model is built into this program; name one with --model FILE")
	}
	return first, nil
}

// checkDevice makes sure that a device exists and works.
func checkDevice(ctx context.Context, e *engine.Engine, id string) error {
	// The CPU always works, and asking the others takes time.
	if id == "" || id == task.Auto || id == "cpu" {
		return nil
	}
	var ids []string
	for _, d := range e.Providers(ctx) {
		if d.ID == id {
			if !d.Works {
				return errors.New(i18n.T("device %s (%s) does not work here: %s; use --device auto or cpu", id, i18n.T(d.Title), i18n.Tell(d.Why)))
			}
			return nil
		}
		ids = append(ids, d.ID)
	}
	return usage("device %q is unknown; there are: auto, %s", id, strings.Join(ids, ", "))
}
