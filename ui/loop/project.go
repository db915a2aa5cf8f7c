package loop

import (
	"os"
	"path/filepath"
	"slices"

	"seewhy/analysis/report"
	"seewhy/analysis/task"
	"seewhy/assets/i18n"
	"seewhy/ui/session"
	"seewhy/ui/state"
)

// reportType is how the names of reports end.
const reportType = ".png"

// readProject opens a project, or the study that a report shows.
func readProject(path string) state.Msg {
	read := session.Read
	if ending(path) == reportType {
		read = readReport
	}
	s, err := read(path)
	return state.ProjectRead{Path: path, Session: s, Err: words(err)}
}

// isReport says that a picture is a report of ours that can be read back.
func isReport(path string) bool {
	if ending(path) != reportType {
		return false
	}
	_, err := records(path)
	return err == nil
}

func records(path string) ([]report.Record, error) {
	if info, err := os.Stat(path); err != nil {
		return nil, err
	} else if !info.Mode().IsRegular() {
		// To open a pipe would be to wait for ever.
		return nil, report.ErrNone
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return report.Provenance(f)
}

// readReport makes of a report what was open when it was written: the picture,
// and a pane for each of its maps. Reports name files without folders; they are
// looked for beside it.
func readReport(path string) (session.Session, error) {
	all, err := records(path)
	if err != nil {
		return session.Session{}, err
	}
	s := session.Session{Format: session.Format, Version: session.Version, LinkView: true, LinkStyle: true}
	first := all[0].Result
	image, style := first.Task.Image, all[0].Style
	style.Clip = 0
	s.Pictures = []session.Picture{{Path: image.Path, Name: image.Name, SHA256: image.SHA256, Edits: first.Task.Edits, Regions: first.Regions}}
	for _, r := range all {
		t := r.Result.Task
		// How much is clipped is found anew for each map.
		r.Style.Clip = 0
		s.LinkStyle = s.LinkStyle && r.Style == style
		own := t.Model.SHA256 != first.Task.Model.SHA256
		askAt(&s.Pictures[0], t.At)
		// What the picture holds is the picture's; the device is this machine's.
		t.Image, t.Edits, t.At, t.Device, t.TF32, t.Half, t.Batch = task.ImageRef{}, nil, nil, "", false, false, 0
		s.Panes = append(s.Panes, session.Pane{Task: t, Own: own, Style: r.Style, Original: len(r.Result.Task.Edits) == 0 && len(first.Task.Edits) > 0})
	}
	s.Locate(filepath.Dir(path))
	return s, s.Check()
}

// askAt has a picture asked about the part that a task names: a detector's box,
// or a region, which the report has where the window made it.
func askAt(p *session.Picture, at []task.Shape) {
	asked := func(r task.Region) bool { return r.Asked }
	switch {
	case len(at) == 0 || slices.ContainsFunc(p.Regions, asked):
	case len(at) == 1 && at[0].Kind == task.Box:
		p.Box = at
	default:
		p.Regions = append(slices.Clone(p.Regions), task.Region{Name: i18n.T("Asked about"), Shapes: at, Asked: true})
	}
}
