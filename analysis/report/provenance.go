package report

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io"
	"math"
	"strings"
	"time"

	"seewhy/analysis/edit"
	"seewhy/analysis/heatmap"
	"seewhy/analysis/task"
	"seewhy/models/prep"
)

// Keywords of the text chunks. Each result of a report has them in this
// order: SeeWhy.Task (JSON of task.Task), SeeWhy.Result (JSON of stored) and,
// where there are such and they are small enough, SeeWhy.Map and SeeWhy.Error
// (base64 of little-endian float32, packed) and SeeWhy.Segments (base64 of
// little-endian uint16, packed).
const (
	keyTask     = "SeeWhy.Task"
	keyResult   = "SeeWhy.Result"
	keyMap      = "SeeWhy.Map"
	keyError    = "SeeWhy.Error"
	keySegments = "SeeWhy.Segments"
)

func ours(keyword string) bool { return strings.HasPrefix(keyword, "SeeWhy.") }

// maxStoredMap is the size in bytes up to which a map is stored: 512 x 512.
const maxStoredMap = 1 << 20

// ErrNone says that a picture carries no provenance.
var ErrNone = errors.New("this picture was not made by SeeWhy, or its notes were removed")

// Record is one result as a report stores it.
type Record struct {
	// Result has its Task; Map.Values is nil where the map was too large to
	// be stored. Directories are not stored: Paths are file names or built-in
	// references.
	Result      task.Result
	Style       heatmap.Style
	ModelTitle  string
	MethodTitle string
	// Photo and Overlay are where the picture lies on the page without and
	// with the map, in pixels. A region's outline may be drawn on both.
	Photo, Overlay image.Rectangle
}

// stored is Record as JSON.
type stored struct {
	Schema int          `json:"schema"`
	Map    storedMap    `json:"map"`
	Region prep.Region  `json:"region"`
	Top    []task.Score `json:"top"`
	Target task.Score   `json:"target"`
	Before []task.Score `json:"before,omitempty"`
	Value  float64      `json:"value"`
	// Regions and Shares belong together.
	Regions []task.Region      `json:"regions,omitempty"`
	Shares  []task.RegionShare `json:"shares,omitempty"`
	Notes   []task.Note        `json:"notes,omitempty"`
	Facts   []task.Fact        `json:"facts,omitempty"`
	// Segments has the size and number of the parts, Surrogate their values.
	Segments    *task.Segments  `json:"segments,omitempty"`
	Surrogate   *task.Surrogate `json:"surrogate,omitempty"`
	Forward     time.Duration   `json:"forward,omitempty"`
	Total       time.Duration   `json:"total"`
	Device      string          `json:"device"`
	Version     string          `json:"version"`
	Time        time.Time       `json:"time"`
	Style       heatmap.Style   `json:"style"`
	ModelTitle  string          `json:"modelTitle,omitempty"`
	MethodTitle string          `json:"methodTitle,omitempty"`
	Photo       [4]int          `json:"photo"`
	Overlay     [4]int          `json:"overlay"`
}

type storedMap struct {
	Width         int    `json:"width"`
	Height        int    `json:"height"`
	Quantity      string `json:"quantity,omitempty"`
	Signed        bool   `json:"signed"`
	ClampNegative bool   `json:"clampNegative,omitempty"`
}

func corners(r image.Rectangle) [4]int { return [4]int{r.Min.X, r.Min.Y, r.Max.X, r.Max.Y} }

// publicPath keeps of a path what may be published: a report that is passed
// on must not tell how its author's folders are called.
func publicPath(path string) string {
	if scheme, rest, ok := strings.Cut(path, ":"); ok && len(scheme) > 1 && !strings.ContainsAny(rest, `/\`) {
		return path
	}
	return base(path)
}

func provenanceChunks(subjects []*subject) ([]chunk, error) {
	first := subjects[0].Result
	software := "SeeWhy"
	if first.Version != "" {
		software += " " + ascii(first.Version)
	}
	out := []chunk{
		plainText("Software", software),
		plainText("Title", "Why "+ascii(first.Target.Label)),
	}
	if !first.Time.IsZero() {
		out = append(out, plainText("Creation Time", first.Time.Format(time.RFC1123Z)))
	}
	for _, s := range subjects {
		chunks, err := s.record()
		if err != nil {
			return nil, err
		}
		out = append(out, chunks...)
	}
	return out, nil
}

func (s *subject) record() ([]chunk, error) {
	r, m := s.Result, s.Result.Map
	t := r.Task
	t.Model.Path, t.Image.Path = publicPath(t.Model.Path), publicPath(t.Image.Path)
	if t.Like != nil {
		like := *t.Like
		like.Path = publicPath(like.Path)
		t.Like = &like
	}
	taskJSON, err := json.Marshal(t)
	if err != nil {
		return nil, fmt.Errorf("report: the task cannot be stored: %w", err)
	}
	resultJSON, err := json.Marshal(stored{
		Schema: task.Schema, Map: storedMap{m.Width, m.Height, m.Quantity, m.Signed, m.ClampNegative},
		Region: r.Region, Top: r.Top, Target: r.Target, Value: r.Value, Notes: r.Notes, Facts: r.Facts,
		Before: r.Before, Regions: r.Regions, Shares: r.Shares,
		Segments: withoutPixels(r.Segments), Surrogate: r.Surrogate,
		Forward: r.Forward, Total: r.Total, Device: r.Device, Version: r.Version, Time: r.Time,
		Style: s.Style, ModelTitle: s.Model.Title, MethodTitle: s.methodTitle,
		Photo: corners(s.atPhoto), Overlay: corners(s.atOverlay),
	})
	if err != nil {
		return nil, fmt.Errorf("report: the result cannot be stored: %w", err)
	}
	if len(taskJSON) > maxTextData/2 || len(resultJSON) > maxTextData/2 {
		return nil, fmt.Errorf("report: the task or its result is too large to be stored (%d and %d bytes)", len(taskJSON), len(resultJSON))
	}
	out := []chunk{utf8Text(keyTask, taskJSON), utf8Text(keyResult, resultJSON)}
	fields := []struct {
		key    string
		values []float32
	}{{keyMap, m.Values}}
	if r.Error != nil {
		fields = append(fields, struct {
			key    string
			values []float32
		}{keyError, r.Error.Values})
	}
	for _, f := range fields {
		if 4*len(f.values) > maxStoredMap {
			continue
		}
		raw := make([]byte, 0, 4*len(f.values))
		for _, v := range f.values {
			raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
		}
		if out, err = appendPacked(out, f.key, raw); err != nil {
			return nil, err
		}
	}
	if s := r.Segments; s != nil && 2*len(s.Of) <= maxStoredMap && s.Count <= maxStoredSegments {
		raw := make([]byte, 0, 2*len(s.Of))
		for _, v := range s.Of {
			raw = binary.LittleEndian.AppendUint16(raw, uint16(v))
		}
		if out, err = appendPacked(out, keySegments, raw); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func appendPacked(out []chunk, key string, raw []byte) ([]chunk, error) {
	packed, err := packedText(key, []byte(base64.StdEncoding.EncodeToString(raw)))
	if err != nil {
		return nil, fmt.Errorf("report: %s cannot be stored: %w", key, err)
	}
	return append(out, packed), nil
}

// maxStoredSegments bounds the parts of a picture in a report.
const maxStoredSegments = 1 << 12

// withoutPixels leaves the segment of each pixel to a chunk of its own.
func withoutPixels(s *task.Segments) *task.Segments {
	if s == nil {
		return nil
	}
	return &task.Segments{Width: s.Width, Height: s.Height, Count: s.Count}
}

// ascii keeps printable ASCII, for chunks that are Latin-1.
func ascii(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, s[:min(len(s), maxText)])
}

// Provenance reads back what PNG, Compare and WriteFile stored, a record for
// each result. It returns ErrNone for pictures without it, and an error for
// files that are damaged or were made by a newer version. The bytes may come
// from anywhere: memory is bounded.
func Provenance(r io.Reader) ([]Record, error) {
	var out []Record
	results := 0
	err := eachText(r, func(keyword string, text []byte) error {
		switch keyword {
		case keyTask:
			if len(out) == MaxCompared {
				return fmt.Errorf("there are more than %d results", MaxCompared)
			}
			var t task.Task
			if err := json.Unmarshal(text, &t); err != nil {
				return fmt.Errorf("the stored task: %w", err)
			}
			if t.Schema > task.Schema {
				return fmt.Errorf("the task is of schema %d, this version knows %d: a newer SeeWhy made it", t.Schema, task.Schema)
			}
			if err := edit.Check(t.Edits); err != nil {
				return fmt.Errorf("the stored task: %w", err)
			}
			out = append(out, Record{Result: task.Result{Task: t}})
		case keyResult:
			if results++; results != len(out) {
				return errors.New("a stored result has no task")
			}
			return out[results-1].readResult(text)
		case keyMap:
			if len(out) == 0 || results != len(out) {
				return errors.New("a stored map has no result")
			}
			return out[results-1].readMap(text)
		case keyError, keySegments:
			if len(out) == 0 || results != len(out) {
				return fmt.Errorf("a stored %s has no result", keyword)
			}
			if keyword == keyError {
				return out[results-1].readError(text)
			}
			return out[results-1].readSegments(text)
		}
		return nil
	})
	switch {
	case errors.Is(err, errNotPNG):
		return nil, ErrNone
	case err != nil:
		return nil, fmt.Errorf("report: %w", err)
	case len(out) == 0:
		return nil, ErrNone
	case results != len(out):
		return nil, errors.New("report: a stored task has no result")
	}
	return out, nil
}

func (r *Record) readResult(text []byte) error {
	var s stored
	if err := json.Unmarshal(text, &s); err != nil {
		return fmt.Errorf("the stored result: %w", err)
	}
	if s.Map.Width < 1 || s.Map.Height < 1 || s.Map.Width > heatmap.MaxCells/s.Map.Height {
		return fmt.Errorf("the stored map has %d x %d cells", s.Map.Width, s.Map.Height)
	}
	if g := s.Segments; g != nil && (g.Count < 1 || g.Count > maxStoredSegments || g.Width < 1 || g.Height < 1 || g.Width > heatmap.MaxCells/g.Height || len(g.Of) > 0) {
		return fmt.Errorf("the stored segments are %d of %d x %d pixels", g.Count, g.Width, g.Height)
	}
	if v := s.Surrogate; v != nil && (s.Segments == nil || len(v.Values) != s.Segments.Count || len(v.Errors) > 0 && len(v.Errors) != len(v.Values)) {
		return fmt.Errorf("the stored surrogate has %d values and %d errors, which are not those of its segments", len(v.Values), len(v.Errors))
	}
	if err := edit.CheckRegions(s.Regions); err != nil {
		return fmt.Errorf("the stored regions: %w", err)
	}
	if len(s.Shares) != len(s.Regions) || len(s.Before) > 0 && len(s.Before) != len(s.Top) {
		return fmt.Errorf("the stored result has %d shares of %d regions, and %d answers of %d classes before", len(s.Shares), len(s.Regions), len(s.Before), len(s.Top))
	}
	for i := range s.Notes {
		restoreArgs(&s.Notes[i])
	}
	r.Result = task.Result{
		Task: r.Result.Task, Region: s.Region, Top: s.Top, Target: s.Target, Value: s.Value, Notes: s.Notes, Facts: s.Facts,
		Before: s.Before, Regions: s.Regions, Shares: s.Shares,
		Segments: s.Segments, Surrogate: s.Surrogate,
		Map:     task.Map{Width: s.Map.Width, Height: s.Map.Height, Quantity: s.Map.Quantity, Signed: s.Map.Signed, ClampNegative: s.Map.ClampNegative},
		Forward: s.Forward, Total: s.Total, Device: s.Device, Version: s.Version, Time: s.Time,
	}
	r.Style, r.ModelTitle, r.MethodTitle = s.Style, s.ModelTitle, s.MethodTitle
	r.Photo = image.Rect(s.Photo[0], s.Photo[1], s.Photo[2], s.Photo[3])
	r.Overlay = image.Rect(s.Overlay[0], s.Overlay[1], s.Overlay[2], s.Overlay[3])
	return nil
}

func (r *Record) readMap(text []byte) (err error) {
	m := &r.Result.Map
	m.Values, err = floats(text, m.Width*m.Height)
	if err != nil {
		return fmt.Errorf("the stored map: %w", err)
	}
	return nil
}

// readError reads standard errors, which are of the map's size.
func (r *Record) readError(text []byte) error {
	m := r.Result.Map
	values, err := floats(text, m.Width*m.Height)
	if err != nil {
		return fmt.Errorf("the stored errors of the map: %w", err)
	}
	r.Result.Error = &task.Map{Width: m.Width, Height: m.Height, Values: values}
	return nil
}

func floats(text []byte, n int) ([]float32, error) {
	raw, err := base64.StdEncoding.DecodeString(string(text))
	if err != nil {
		return nil, err
	}
	if len(raw) != 4*n {
		return nil, fmt.Errorf("it has %d bytes, not those of %d values", len(raw), n)
	}
	values := make([]float32, n)
	for i := range values {
		values[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
	}
	return values, nil
}

func (r *Record) readSegments(text []byte) error {
	s := r.Result.Segments
	raw, err := base64.StdEncoding.DecodeString(string(text))
	switch {
	case err != nil:
		return fmt.Errorf("the stored segments: %w", err)
	case s == nil || len(raw) != 2*s.Width*s.Height:
		return fmt.Errorf("the stored segments have %d bytes, which fit no result", len(raw))
	}
	s.Of = make([]int32, len(raw)/2)
	for i := range s.Of {
		if s.Of[i] = int32(binary.LittleEndian.Uint16(raw[2*i:])); int(s.Of[i]) >= s.Count {
			return fmt.Errorf("the stored segments: pixel %d is in segment %d of %d", i, s.Of[i], s.Count)
		}
	}
	return nil
}

// restoreArgs turns numbers that JSON made float64 back into what the note's
// verbs ask for, in their order: %d wants an integer.
func restoreArgs(n *task.Note) {
	verbs, arg := n.Key, 0
	for arg < len(n.Args) {
		at := strings.IndexByte(verbs, '%')
		if at < 0 {
			return
		}
		verbs = strings.TrimLeft(verbs[at+1:], "+-# 0123456789.[]")
		if verbs == "" {
			return
		}
		if verbs[0] == '%' {
			verbs = verbs[1:]
			continue
		}
		if v, ok := n.Args[arg].(float64); ok && verbs[0] == 'd' && v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			n.Args[arg] = int(v)
		}
		arg++
	}
}
