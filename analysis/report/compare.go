package report

import (
	"slices"
	"strings"
)

// compare shows the picture once and a map for each result, then a table
// whose lines are merged where all results agree.
func (p *page) compare(subjects []*subject) {
	first := subjects[0]
	cells := len(subjects) + 1
	columns := map[int]int{3: 3, 4: 2, 5: 3}[cells]
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
		p.text(x, y+fh+22, p.elide(name, styleStrong, w), styleStrong, left)
		p.text(x, y+fh+40, p.elide(p.join(s.Model.Title, p.layer(s)), styleSmall, w), styleSmall, left)
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
		model = subjects[0].Model.Title
	}
	return p.join(model, subjects[0].Result.Task.Image.Title(p.term))
}

// tableOfAll prints the facts of all results, a column each; a line on which
// all agree runs across.
func (p *page) tableOfAll(subjects []*subject) {
	const keys = 138.0
	w := (content - keys) / float64(len(subjects))
	var order []string
	values := make([]map[string]fact, len(subjects))
	for i, s := range subjects {
		values[i] = map[string]fact{}
		at := 0
		all := append(p.facts(s), fact{p.tr("Most probable"), p.topOf(s), styleBody})
		for _, r := range s.Result.Shares[:min(len(s.Result.Shares), maxRegions)] {
			all = append(all, fact{p.clean(r.Name), RegionWords(r, p.tr), styleBody})
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
	for _, key := range order {
		p.text(margin, p.y, p.elide(key, styleMuted, keys-12), styleMuted, left)
		shared := true
		for _, v := range values {
			shared = shared && v[key].value == values[0][key].value
		}
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
