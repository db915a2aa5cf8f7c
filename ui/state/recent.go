package state

import (
	"encoding/json"
	"slices"

	"seewhy/assets/i18n"
)

// maxRecent bounds each of the lists of what was open lately.
const maxRecent = 12

// Recent is what was open lately, the newest first.
type Recent struct {
	// Pictures are files and folders, Projects projects' files.
	Pictures []string `json:"pictures,omitempty"`
	Projects []string `json:"projects,omitempty"`
	// Missing are those that are not there. The map is replaced, never changed.
	Missing map[string]bool `json:"-"`
}

type (
	// RecentCleared empties the lists.
	RecentCleared struct{}
	// RecentSeen tells which of the recent files are not there.
	RecentSeen struct{ Missing map[string]bool }
	// LookForRecent asks which of some files are not there.
	LookForRecent struct{ Paths []string }
)

func (RecentCleared) msg() {}
func (RecentSeen) msg()    {}
func (LookForRecent) cmd() {}

// ReadRecent reads what Remember was given; what cannot be read is nothing.
func ReadRecent(text string) Recent {
	var r Recent
	if json.Unmarshal([]byte(text), &r) != nil {
		return Recent{}
	}
	r.Pictures, r.Projects = latest(nil, r.Pictures), latest(nil, r.Projects)
	return r
}

// latest puts new paths before old ones, each once, and drops the oldest.
func latest(fresh, old []string) []string {
	var out []string
	for _, path := range append(slices.Clone(fresh), old...) {
		if path != "" && !slices.Contains(out, path) && len(out) < maxRecent {
			out = append(out, path)
		}
	}
	return out
}

func (u *update) opened(pictures, projects []string) {
	r := Recent{Pictures: latest(pictures, u.Recent.Pictures), Projects: latest(projects, u.Recent.Projects), Missing: u.Recent.Missing}
	if slices.Equal(r.Pictures, u.Recent.Pictures) && slices.Equal(r.Projects, u.Recent.Projects) {
		return
	}
	u.Recent = r
	u.rememberRecent()
	u.lookForRecent()
}

func (u *update) rememberRecent() {
	// Two lists of strings are always JSON.
	text, _ := json.Marshal(u.Recent)
	u.do(Remember{Key: RecentKey, Value: string(text)})
}

// RecentKey is the setting that the lists are kept in.
const RecentKey = "recent"

func (u *update) lookForRecent() {
	if paths := slices.Concat(u.Recent.Projects, u.Recent.Pictures); len(paths) > 0 {
		u.do(LookForRecent{Paths: paths})
	}
}

func (u *update) recent(m Msg) {
	switch m := m.(type) {
	case RecentCleared:
		u.Recent = Recent{}
		u.rememberRecent()
	case RecentSeen:
		u.Recent.Missing = m.Missing
	}
}

// Pasted takes what is in the clipboard. Text is what it holds as text.
type Pasted struct{ Text string }

func (Pasted) msg() {}

// Paste reads the clipboard: files and folders, or a picture, which it keeps
// as a file. It answers FilesSorted, or Said where there is nothing to open.
type Paste struct{ Text string }

func (Paste) cmd() {}

func (u *update) pasted(m Pasted) {
	if u.Phase != Ready {
		u.say(true, i18n.T("Nothing can be computed yet."))
		return
	}
	u.do(Paste(m))
}
