package state

import (
	"cmp"
	"strings"

	"seewhy/assets/i18n"
	"seewhy/ui/session"
)

// Filter says which pictures the filmstrip shows, and in which order.
type Filter = session.Filter

// sieve is a filter made ready for thousands of pictures.
type sieve struct {
	Filter
	words []string
	// classes are those of the model; own says that their names are the
	// program's, which are searched as they are shown.
	classes map[string]bool
	own     bool
	high    float64
}

func (s State) sieve(f Filter) sieve {
	v := sieve{Filter: f, words: strings.Fields(strings.ToLower(f.Text)), high: f.High}
	if v.high == 0 {
		v.high = 1
	}
	if m := s.Model.Info; m != nil {
		v.own = m.Ref.Builtin()
		if f.Warning == session.Wrong {
			v.classes = make(map[string]bool, len(m.Labels))
			for _, l := range m.Labels {
				v.classes[l] = true
			}
		}
	}
	return v
}

// Unsure is the probability under which an answer counts as doubtful: others
// together are likelier.
const Unsure = 0.5

// passes says whether a picture is shown. One whose answer is not known yet is
// not, where the answer decides.
func (v sieve) passes(it *Item) bool {
	known := it.Label != ""
	switch {
	case v.Mark == session.Unmarked && it.Mark != "", v.Mark != "" && v.Mark != session.Unmarked && v.Mark != it.Mark:
		return false
	case v.Class != "" && it.Label != v.Class:
		return false
	case v.Bounded() && (!known || it.Probability < v.Low || it.Probability > v.high):
		return false
	}
	switch v.Warning {
	case session.Wrong:
		if !known || it.Truth == "" || it.Label == it.Truth || !v.classes[it.Truth] {
			return false
		}
	case session.Unsure:
		if !known || it.Probability >= Unsure {
			return false
		}
	case session.Unreadable:
		if it.Err == "" {
			return false
		}
	case session.Warned:
		if !it.Warned {
			return false
		}
	}
	return len(v.words) == 0 || v.says(it)
}

// says looks for every word in the name, the note and the class, as they are
// written and as they are shown.
func (v sieve) says(it *Item) bool {
	text := it.Name + "\n" + it.Note + "\n" + it.Label
	if shown := it.Title(); shown != it.Name {
		text += "\n" + shown
	}
	if v.own && it.Label != "" {
		text += "\n" + i18n.T(it.Label)
	}
	text = strings.ToLower(text)
	for _, w := range v.words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// compare puts two pictures in order. What has no answer comes last whichever
// way the order runs, and what is equal stays as it was opened.
func (v sieve) compare(a, b *Item) int {
	order := 0
	switch v.Sort {
	case session.ByName:
		order = natural(a.Name, b.Name)
	case session.ByClass, session.ByConfidence:
		if a, b := a.Label == "", b.Label == ""; a != b {
			return cmp.Compare(boolean(a), boolean(b))
		}
		if v.Sort == session.ByClass {
			order = cmp.Compare(a.Label, b.Label)
		} else {
			order = cmp.Compare(a.Probability, b.Probability)
		}
	case session.ByMark:
		order = cmp.Compare(rank(a.Mark), rank(b.Mark))
	}
	opened := cmp.Compare(a.ID, b.ID)
	switch {
	case v.Descending && v.Sort == "":
		return -opened
	case v.Descending:
		order = -order
	}
	return cmp.Or(order, opened)
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

// rank puts starred pictures first and rejected ones last.
func rank(mark string) int {
	switch mark {
	case session.Starred:
		return 0
	case session.Rejected:
		return 2
	}
	return 1
}

// natural compares names as people count: picture 9 before picture 10, without
// regard to case.
func natural(a, b string) int {
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		if digit(a[i]) && digit(b[j]) {
			m, n := run(a[i:]), run(b[j:])
			x, y := strings.TrimLeft(a[i:i+m], "0"), strings.TrimLeft(b[j:j+n], "0")
			if c := cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(x, y)); c != 0 {
				return c
			}
			i, j = i+m, j+n
			continue
		}
		if c := cmp.Compare(lower(a[i]), lower(b[j])); c != 0 {
			return c
		}
		i, j = i+1, j+1
	}
	return cmp.Or(cmp.Compare(len(a)-i, len(b)-j), cmp.Compare(a, b))
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func run(s string) int {
	n := 0
	for n < len(s) && digit(s[n]) {
		n++
	}
	return n
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
