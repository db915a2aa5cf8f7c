package session

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"seewhy/analysis/edit"
	"seewhy/analysis/task"
)

// A few bytes of JSON become hundreds in memory: "{}," an edit, say. So what a
// file holds is counted before it is read, and pictures are checked one by one
// as they are read; see bounded and pictures. A file of maxBytes then takes a
// small multiple of its own size, whatever it says.

// limits bound what one picture or one pane holds of each list and of settings,
// by name; others have at most maxOther entries. Edits and regions may each
// have as many points and runs as edit allows, a detector's box two points.
var limits = map[string]int{
	"pictures": maxPictures,
	"panes":    maxPanes,
	"edits":    edit.MaxEdits,
	"regions":  edit.MaxRegions,
	"shapes":   edit.MaxShapes,
	"points":   2*edit.MaxPoints + 2,
	"runs":     2 * edit.MaxRuns,
	"layers":   task.MaxLayers,
	"params":   2*maxParams + 2,
}

const maxOther = 1000

// frame is a list or an object that is open.
type frame struct {
	// name is that of the list, or of the object's place in the one around it.
	name string
	list bool
	// count is how many entries there were.
	count int
	// key is the last one of an object; value says that its value comes.
	key   []byte
	value bool
}

// counter reads JSON and keeps counts alone.
type counter struct {
	open []frame
	// totals are those of the picture or the pane that is being read, by name.
	totals map[string]int
}

// bounded holds data, which must be valid JSON, to the limits, without keeping
// any of it.
func bounded(data []byte) error {
	c := counter{totals: map[string]int{}}
	for i := 0; i < len(data); i++ {
		switch b := data[i]; b {
		case ' ', '\t', '\n', '\r', ',', ':':
		case '{', '[':
			if err := c.entry(); err != nil {
				return err
			}
			c.open = append(c.open, frame{name: c.name(), list: b == '['})
		case '}', ']':
			c.open = c.open[:len(c.open)-1]
		case '"':
			from := i + 1
			for i++; data[i] != '"'; i++ {
				if data[i] == '\\' {
					i++
				}
			}
			if err := c.text(data[from:i]); err != nil {
				return err
			}
		default:
			if err := c.entry(); err != nil {
				return err
			}
			for i+1 < len(data) && !strings.ContainsRune(",]} \t\r\n", rune(data[i+1])) {
				i++
			}
		}
	}
	return nil
}

// text takes a key, or a value.
func (c *counter) text(words []byte) error {
	if n := len(c.open); n > 0 && !c.open[n-1].list && !c.open[n-1].value {
		in := &c.open[n-1]
		in.key, in.value = words, true
		return c.count(in)
	}
	return c.entry()
}

// entry takes the beginning of a value.
func (c *counter) entry() error {
	if len(c.open) == 0 {
		return nil
	}
	in := &c.open[len(c.open)-1]
	in.value = false
	if !in.list {
		return nil
	}
	if c.whole(in) {
		clear(c.totals)
	}
	return c.count(in)
}

// whole says that a list is that of all pictures or all panes.
func (c *counter) whole(in *frame) bool {
	return len(c.open) == 2 && in.list && (in.name == "pictures" || in.name == "panes")
}

// count takes an entry of a list, or a key.
func (c *counter) count(in *frame) error {
	in.count++
	n, limit := in.count, maxOther
	if l, ok := limits[in.name]; ok && (in.list || in.name == "params") {
		if limit = l; !c.whole(in) {
			c.totals[in.name]++
			n = c.totals[in.name]
		}
	}
	if n > limit {
		return fmt.Errorf("the session's list %q has more than %d entries", in.name, limit)
	}
	return nil
}

// name is that of the list or object that begins: of those in a list and of
// each method's settings, what is around them gives it.
func (c *counter) name() string {
	if len(c.open) == 0 {
		return ""
	}
	in := c.open[len(c.open)-1]
	if in.list || in.name == "params" {
		return in.name
	}
	return folded(in.key)
}

// folded is a key as encoding/json compares it: whatever its case is, and
// however it is escaped.
func folded(key []byte) string {
	text := string(key)
	if strings.Contains(text, `\`) {
		// What is no text after all is no name either.
		_ = json.Unmarshal([]byte(`"`+text+`"`), &text)
	}
	return strings.ToLower(strings.Map(func(r rune) rune {
		for {
			next := unicode.SimpleFold(r)
			if next <= r {
				return next
			}
			r = next
		}
	}, text))
}

// pictures are read one by one: the first that cannot be used ends it.
type pictures struct {
	list []Picture
	err  error
}

func (p *pictures) UnmarshalJSON(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	if start, err := d.Token(); err != nil || start != json.Delim('[') {
		return err
	}
	p.list = nil
	for d.More() {
		var one Picture
		if err := d.Decode(&one); err != nil {
			return err
		}
		if p.err = one.check(); p.err != nil {
			return p.err
		}
		p.list = append(p.list, one)
	}
	return nil
}
