package engine

import (
	"reflect"
	"testing"

	"seewhy/analysis/task"
	"seewhy/models/library"
	"seewhy/models/prep"
)

// A choice that is taken back exactly leaves what the model's files tell, also
// at the next start.
func TestConfigureExactly(t *testing.T) {
	memory := library.Memory{Dir: t.TempDir()}
	e := newTestEngine(t, Options{Memory: memory})
	ctx := t.Context()
	was, err := e.OpenModel(ctx, "builtin:seewhy-scenes-honest", nil)
	if err != nil {
		t.Fatal(err)
	}
	other := was.Preprocess
	other.Channels = prep.BGR
	names := make([]string, was.Classes)
	for i := range names {
		names[i] = string(rune('a' + i))
	}
	now, err := e.Configure(ctx, was.Ref.SHA256, task.Choices{Preprocess: &other, Labels: names, LabelsFrom: "mine.txt"})
	if err != nil || now.Preprocess.Channels != prep.BGR || now.LabelsFrom != "mine.txt" {
		t.Fatal(now.Preprocess, now.LabelsFrom, err)
	}
	spec := was.Preprocess
	back, err := e.Configure(ctx, was.Ref.SHA256, task.Choices{Exactly: true, Preprocess: &spec, Labels: was.Labels, LabelsFrom: was.LabelsFrom})
	if err != nil || !reflect.DeepEqual(back.Preprocess, was.Preprocess) || !reflect.DeepEqual(back.Labels, was.Labels) || back.PreprocessFrom != was.PreprocessFrom || back.LabelsFrom != was.LabelsFrom {
		t.Errorf("%+v from %s, labels from %s, %v", back.Preprocess, back.PreprocessFrom, back.LabelsFrom, err)
	}
	if kept, _, err := memory.Load(was.Ref.SHA256); err != nil || kept.Preprocess != nil || len(kept.Labels) != 0 {
		t.Errorf("remembered %+v, %v", kept, err)
	}
	// What is more than the files tell is remembered.
	if _, err := e.Configure(ctx, was.Ref.SHA256, task.Choices{Exactly: true, Preprocess: &other, Labels: was.Labels, LabelsFrom: was.LabelsFrom}); err != nil {
		t.Fatal(err)
	}
	if kept, _, err := memory.Load(was.Ref.SHA256); err != nil || kept.Preprocess == nil || kept.Preprocess.Channels != prep.BGR || len(kept.Labels) != 0 {
		t.Errorf("remembered %+v, %v", kept, err)
	}
}
