package i18n

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// brim marks where a word that was filled in begins and ends.
const brim = '\u2063'

// cutShort finds a word that is cut to a length, which marks would count in.
var cutShort = regexp.MustCompile(`%(\[\d+\])?\.\d+s`)

// fill formats a Chinese text. Chinese stands apart from Latin letters and
// digits, not from Chinese: what a text is filled with may be either, so a space
// beside it goes where both sides of the space are Chinese.
func fill(text string, args []any) string {
	if strings.Contains(text, "%q") || !strings.Contains(text, " ") || cutShort.MatchString(text) {
		return fmt.Sprintf(text, args...)
	}
	marked := make([]any, len(args))
	for i, a := range args {
		marked[i] = a
		if s, ok := a.(string); ok && s != "" && !strings.ContainsRune(s, brim) {
			marked[i] = string(brim) + s + string(brim)
		}
	}
	in := []rune(fmt.Sprintf(text, marked...))
	out := make([]rune, 0, len(in))
	for i, r := range in {
		if r == brim {
			continue
		}
		if r == ' ' && i > 0 && i+1 < len(in) {
			before, after := i-1, i+1
			if in[before] == brim {
				before--
			}
			if in[after] == brim {
				after++
			}
			beside := before != i-1 || after != i+1
			if beside && before >= 0 && after < len(in) && chinese(in[before]) && chinese(in[after]) {
				continue
			}
		}
		out = append(out, r)
	}
	return string(out)
}

// Sentences puts whole sentences one after the other: Chinese leaves no space
// behind a full stop.
func Sentences(all ...string) string {
	if Current() == "zh-Hans" {
		return strings.Join(all, "")
	}
	return strings.Join(all, " ")
}

func chinese(r rune) bool {
	return unicode.Is(unicode.Han, r) || r >= 0x3000 && r <= 0x303f || r >= 0xff00 && r <= 0xff60 || r == '“' || r == '”'
}
