package i18n

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Tell translates the words of an error, which were put together elsewhere, in
// English. They are compared with the formats in LANGUAGE.errors.json; what a
// format's verbs stand for is translated in the same way, so that an error
// within an error is found too. Words that no format fits stay as they are.
func Tell(text string) string {
	p := tag.Load()
	if p == nil || *p == "en" || text == "" {
		return text
	}
	return tell(told()[*p], text, nesting)
}

// nesting is how many errors within errors are looked for: a session's file, a
// picture, its regions, one of them, its shape and what is wrong with that.
const nesting = 7

// format is an error's English format and its translation.
type format struct {
	key, translation string
	pattern          *regexp.Regexp
	// longest is its longest stretch of words: what lacks them need not be matched.
	longest string
}

// told is made at the first error: few runs have one, and all would wait.
var told = sync.OnceValue(loadTold)

// verbs finds what fmt replaces.
var verbs = regexp.MustCompile(`%(?:\[(\d+)\])?[-+#0]*[0-9.]*([a-zA-Z%])`)

func loadTold() map[string][]format {
	all := map[string][]format{}
	for _, l := range Languages()[1:] {
		data, err := files.ReadFile(l.Tag + ".errors.json")
		if err != nil {
			panic(err)
		}
		var t table
		if err := json.Unmarshal(data, &t); err != nil {
			panic(fmt.Sprintf("i18n: %s.errors.json: %v", l.Tag, err))
		}
		for key, translation := range t {
			all[l.Tag] = append(all[l.Tag], newFormat(key, translation))
		}
		// The one with the most words of its own says the most.
		slices.SortFunc(all[l.Tag], func(a, b format) int {
			if d := len(verbs.ReplaceAllString(b.key, "")) - len(verbs.ReplaceAllString(a.key, "")); d != 0 {
				return d
			}
			return strings.Compare(a.key, b.key)
		})
	}
	return all
}

func newFormat(key, translation string) format {
	f := format{key: key, translation: translation, pattern: pattern(key)}
	for _, words := range verbs.Split(key, -1) {
		if len(words) > len(f.longest) {
			f.longest = words
		}
	}
	return f
}

// pattern matches what a format produces.
func pattern(key string) *regexp.Regexp {
	var out strings.Builder
	out.WriteString(`(?s)\A`)
	last := 0
	for _, m := range verbs.FindAllStringSubmatchIndex(key, -1) {
		out.WriteString(regexp.QuoteMeta(key[last:m[0]]))
		switch key[m[4]:m[5]] {
		case "%":
			out.WriteString("%")
		case "d":
			out.WriteString(`(-?\d+)`)
		case "q":
			out.WriteString(`("(?:[^"\\]|\\.)*")`)
		default:
			out.WriteString(`(.+?)`)
		}
		last = m[1]
	}
	out.WriteString(regexp.QuoteMeta(key[last:]) + `\z`)
	return regexp.MustCompile(out.String())
}

func tell(formats []format, text string, depth int) string {
	if s := T(text); s != text || depth == 0 {
		return s
	}
	for _, f := range formats {
		if !strings.Contains(text, f.longest) {
			continue
		}
		found := f.pattern.FindStringSubmatch(text)
		if found == nil {
			continue
		}
		next := 1
		return verbs.ReplaceAllStringFunc(f.translation, func(verb string) string {
			m := verbs.FindStringSubmatch(verb)
			if m[2] == "%" {
				return "%"
			}
			if m[1] != "" {
				next, _ = strconv.Atoi(m[1])
			}
			next++
			if next-1 >= len(found) {
				return verb
			}
			return tell(formats, found[next-1], depth-1)
		})
	}
	// A list, an entry a line.
	if lines := strings.Split(text, "\n"); len(lines) > 1 {
		for i, line := range lines {
			words := strings.TrimLeft(line, " ")
			lines[i] = line[:len(line)-len(words)] + tell(formats, words, depth-1)
		}
		return strings.Join(lines, "\n")
	}
	// Where it was found, and what: one of them may be known.
	if head, tail, ok := strings.Cut(text, ": "); ok {
		where, what := tell(formats, head, depth-1), tell(formats, tail, depth-1)
		if where != head || what != tail {
			return where + "：" + what
		}
	}
	// A method, and the model that it ran on.
	if what, where, ok := strings.Cut(text, " on "); ok {
		if s := T(what); s != what {
			return T("%s, model %s", s, where)
		}
	}
	return text
}
