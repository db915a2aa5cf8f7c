package cli

import (
	"cmp"
	"slices"
	"strings"
)

// near lists up to most of names that resemble text, best first: those that
// contain it or are part of it, and those few letters away.
func near(text string, names []string, most int) []string {
	text = strings.ToLower(text)
	type scored struct {
		name  string
		score int
		// begins says that the name begins with the text: it was cut short.
		begins bool
	}
	var list []scored
	for _, n := range names {
		low := strings.ToLower(n)
		score := distance(text, low)
		within := low != "" && (strings.Contains(low, text) || strings.Contains(text, low))
		if within || score <= 1+len([]rune(text))/3 {
			list = append(list, scored{n, score, text != "" && strings.HasPrefix(low, text)})
		}
	}
	slices.SortStableFunc(list, func(a, b scored) int {
		if a.begins != b.begins {
			if a.begins {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.score, b.score)
	})
	var out []string
	for _, s := range list[:min(most, len(list))] {
		out = append(out, s.name)
	}
	return out
}

// maxCompared bounds the letters that distance looks at: names come from files.
const maxCompared = 64

// distance is the Levenshtein distance of the first letters of a and b.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	x, y = x[:min(len(x), maxCompared)], y[:min(len(y), maxCompared)]
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j, q := range y {
			change := diagonal
			if r != q {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(y)]
}
