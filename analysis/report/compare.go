package report

import (
	"slices"
	"strconv"
	"strings"
)

// compare shows the picture once and a map for each result, then a table
// whose lines are merged where all results agree.
func (p *page) compare(subjects []*subject) {
	first := subjects[0]
	cells := len(subjects) + 1
	columns := map[int]int{3: 3, 4: 2, 5: 3, 6: 3, 7: 4, 8: 4, 9: 3, 10: 4}[cells]
	if float64(first.width) >= wideFrom*float64(first.height) {
		columns = 2
	}
	w := (content - gutter*float64(columns-1)) / float64(columns)
	fw, fh := fit(first.width, first.height, w)
	for _, s := range subjects {
		p.scale = max(p.scale, scaleFor(s.Photo, fw, fh))
	}
	title := p.tr("%d explanations of one picture", len(subjects))
	if same(subjects, func(s *subject) string { return p.title(s) }) {
		title = p.title(first)
	}
	p.heading(title, p.subtitleOfAll(subjects))

	row := fh + 34 + 18 + barHeight + 26
	top := p.y
	for i := range cells {
		x, y := margin+float64(i%columns)*(w+gutter), top+float64(i/columns)*row
		at := p.frame(x, y, w, fh, fw, fh)
		if i == 0 {
			for _, s := range subjects {
				s.atPhoto = at
			}
			p.photograph(first, at)
			p.text(x, y+fh+22, p.elide(p.tr("The picture"), styleStrong, w), styleStrong, left)
			continue
		}
		s := subjects[i-1]
		p.overlay(s, at)
		name := p.join(p.term(s.methodTitle), p.label(s.Result.Target), percent(s.Result.Target.Probability))
		if len(subjects) > maxColumns {
			name = strconv.Itoa(i) + "  " + name
		}
		p.text(x, y+fh+22, p.elide(name, styleStrong, w), styleStrong, left)
		p.text(x, y+fh+40, p.elide(p.join(p.modelTitle(s.Model), p.layer(s)), styleSmall, w), styleSmall, left)
		p.colourBar(s, x, y+fh+52, w)
	}
	p.y = top + row*float64((cells+columns-1)/columns) + 8
	p.line(margin, p.y, content)
	p.y += 34
	p.tableOfAll(subjects)
	p.y += 12
	p.notes(subjects, margin, content)
}

func same(subjects []*subject, of func(*subject) string) bool {
	for _, s := range subjects[1:] {
		if of(s) != of(subjects[0]) {
			return false
		}
	}
	return true
}

func (p *page) subtitleOfAll(subjects []*subject) string {
	model := ""
	if same(subjects, func(s *subject) string { return s.Model.Title }) {
		model = p.modelTitle(subjects[0].Model)
	}
	return p.join(model, subjects[0].Result.Task.Image.Title(p.term))
}

// maxColumns is how many results a table has side by side.
const maxColumns = 4

// tableOfAll prints the facts of all results, a column each; a line on which
// all agree runs across. Of more results than have room side by side it tells
// first what they share, then the rest of so many at a time, by their numbers.
func (p *page) tableOfAll(subjects []*subject) {
	var order []string
	values := make([]map[string]fact, len(subjects))
	for i, s := range subjects {
		values[i] = map[string]fact{}
		at := 0
		all := append(p.facts(s), fact{p.tr("Most probable"), p.topOf(s), styleBody})
		for _, r := range s.Result.Shares[:min(len(s.Result.Shares), maxRegions)] {
			all = append(all, fact{p.clean(RegionName(r.Name, s.Result.Task.Image, p.tr)), RegionWords(r, p.tr), styleBody})
		}
		for _, f := range all {
			values[i][f.key] = f
			if have := slices.Index(order, f.key); have >= 0 {
				at = have + 1
				continue
			}
			order = slices.Insert(order, at, f.key)
			at++
		}
	}
	p.text(margin, p.y, p.tr("How this was made"), styleHeading, left)
	p.y += 28
	if len(values) <= maxColumns {
		p.columns(order, values)
		return
	}
	var common, rest []string
	for _, key := range order {
		if agree(values, key) {
			common = append(common, key)
		} else {
			rest = append(rest, key)
		}
	}
	p.columns(common, values[:1])
	groups := (len(values) + maxColumns - 1) / maxColumns
	for each, from := (len(values)+groups-1)/groups, 0; from < len(values); from += each {
		to := min(from+each, len(values))
		p.y += 10
		p.text(margin, p.y, p.tr("Maps %d to %d", from+1, to), styleStrong, left)
		p.y += 24
		p.columns(rest, values[from:to])
	}
}

// agree says that a line of the table is the same for all results.
func agree(values []map[string]fact, key string) bool {
	for _, v := range values {
		if v[key].value != values[0][key].value {
			return false
		}
	}
	return true
}

// columns prints lines of facts, a column for each result.
func (p *page) columns(order []string, values []map[string]fact) {
	const keys = 138.0
	w := (content - keys) / float64(len(values))
	for _, key := range order {
		shared := agree(values, key)
		if shared && values[0][key].value == "" {
			// Only others have something there.
			continue
		}
		p.text(margin, p.y, p.elide(key, styleMuted, keys-12), styleMuted, left)
		bottom := p.y + 20
		for i, v := range values {
			x, width := margin+keys+float64(i)*w, w-16
			if shared {
				width = content - keys
			}
			f, y := v[key], p.y
			if f.value == "" {
				f = fact{value: "–", style: styleMuted}
			}
			for _, line := range p.wrap(f.value, f.style, width, 4) {
				p.text(x, y, line, f.style, left)
				y += 20
			}
			bottom = max(bottom, y)
			if shared {
				break
			}
		}
		p.y = bottom + 4
	}
}

// topOf names the three most probable classes on a line.
func (p *page) topOf(s *subject) string {
	var out []string
	for _, c := range s.Result.Top[:min(len(s.Result.Top), 3)] {
		out = append(out, p.label(c)+" "+percent(c.Probability))
	}
	return strings.Join(out, ", ")
}
