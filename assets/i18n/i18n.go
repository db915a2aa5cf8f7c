// Package i18n translates what a person reads. The English text is the key:
//
//	i18n.Use("zh-Hans")
//	label := i18n.T("%d of %d pictures", done, all)
//
// Translations lie in LANGUAGE.json beside this file, one object from English
// to the language. A translation may reorder arguments by index (%[2]s). A
// missing entry shows the English text; a test finds those.
package i18n

import (
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
)

//go:embed *.json
var files embed.FS

// Language is one that can be chosen; Name is written in itself.
type Language struct{ Tag, Name string }

// Languages lists what there is, English first.
func Languages() []Language {
	return []Language{{"en", "English"}, {"zh-Hans", "简体中文"}}
}

type table map[string]string

var (
	tables  = load()
	current atomic.Pointer[table]
	tag     atomic.Pointer[string]
)

func load() map[string]table {
	all := map[string]table{"en": {}}
	for _, l := range Languages()[1:] {
		data, err := files.ReadFile(l.Tag + ".json")
		if err != nil {
			panic(err)
		}
		var t table
		if err := json.Unmarshal(data, &t); err != nil {
			panic(fmt.Sprintf("i18n: %s.json: %v", l.Tag, err))
		}
		all[l.Tag] = t
	}
	return all
}

// Use chooses the language for T from now on. A locale such as zh_CN.UTF-8
// finds its language; an unknown one means English.
func Use(locale string) {
	found := "en"
	if base(locale) == "zh" {
		found = "zh-Hans"
	}
	t := tables[found]
	current.Store(&t)
	tag.Store(&found)
}

// Knows says whether there is a translation for a locale, or it means English.
func Knows(locale string) bool {
	return slices.Contains([]string{"en", "zh", "c", "posix"}, base(locale))
}

// base is a locale's language: zh of zh_CN.UTF-8, c of C.UTF-8.
func base(locale string) string {
	end := strings.IndexAny(locale, "_-.@")
	if end < 0 {
		end = len(locale)
	}
	return strings.ToLower(locale[:end])
}

// Current is the tag of the language in use.
func Current() string {
	if p := tag.Load(); p != nil {
		return *p
	}
	return "en"
}

// T translates a format string and formats it as fmt.Sprintf does. Without
// args the text is not treated as a format.
func T(key string, args ...any) string {
	text := key
	if p := current.Load(); p != nil {
		if s, ok := (*p)[key]; ok {
			text = s
		}
	}
	if len(args) == 0 {
		return text
	}
	if Current() == "zh-Hans" {
		return fill(text, args)
	}
	return fmt.Sprintf(text, args...)
}

// Keys lists the English texts that a language translates, sorted.
func Keys(tag string) []string {
	keys := make([]string, 0, len(tables[tag]))
	for k := range tables[tag] {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
