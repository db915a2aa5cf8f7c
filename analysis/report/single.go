package report

import (
	"cmp"
	"image"
	"slices"
	"strings"

	"seewhy/analysis/target"
	"seewhy/analysis/task"
)

// paint lays out and paints the page for one or several results.
func paint(subjects []*subject, f *fonts) (*image.RGBA, error) {
	p := &page{fonts: f, scale: 1, y: margin, inside: !slices.ContainsFunc(subjects, func(s *subject) bool { return !s.Model.Ref.Builtin() })}
	if len(subjects) == 1 {
		p.single(subjects[0])
	} else {
		p.compare(subjects)
	}
	p.footer(subjects[0])
	return p.finish()
}

func (p *page) single(s *subject) {
	stacked := float64(s.width) >= wideFrom*float64(s.height)
	box := column
	if stacked {
		box = content
	}
	fw, fh := fit(s.width, s.height, box)
	p.scale = scaleFor(s.Photo, fw, fh)
	p.heading(p.title(s), p.subtitle(s))

	top := p.y
	x2, y2 := margin+column+gutter, top
	if stacked {
		x2, y2 = margin, top+fh+34
	}
	p.photograph(s, p.frame(margin, top, box, fh, fw, fh))
	p.overlay(s, p.frame(x2, y2, box, fh, fw, fh))
	caption := p.tr("The picture")
	if s.cropped() {
		caption = p.tr("The picture; the frame is what the model saw")
	}
	if len(s.Result.Task.Edits) > 0 {
		caption = p.tr("What the model was asked; what is outlined was hidden")
		if s.cropped() {
			caption = p.tr("What the model was asked; the frame is what it saw, what else is outlined was hidden")
		}
	}
	p.text(margin, top+fh+20, p.elide(caption, styleSmall, box), styleSmall, left)
	p.text(x2, y2+fh+20, p.elide(p.overlayCaption(s), styleSmall, column-gutter), styleSmall, left)
	p.y = y2 + fh + 34
	if stacked {
		p.y = y2 + fh + 10
	}
	p.colourBar(s, margin+column+gutter, p.y, column)
	p.y += barHeight + 26
	p.concepts(s)

	p.line(margin, p.y, content)
	p.y += 34
	start := p.y
	p.classes(s, margin, column)
	p.shares(s, margin, column)
	p.notes([]*subject{s}, margin, column)
	end := p.y
	p.y = start
	p.table(s, margin+column+gutter, column)
	p.y = max(p.y, end)
}

// title says what the map is evidence for.
func (p *page) title(s *subject) string {
	label := p.label(s.Result.Target)
	if target.Of(s.Result.Task.Target.Kind).Second {
		c, _ := rather(s)
		return p.tr("Why “%s” rather than “%s”", label, p.label(c))
	}
	return p.tr("Why “%s”", label)
}

func (p *page) subtitle(s *subject) string {
	return p.join(percent(s.Result.Target.Probability), p.term(s.methodTitle), p.modelTitle(s.Model), s.Result.Task.Image.Title(p.term))
}

func (p *page) overlayCaption(s *subject) string {
	return p.join(p.term(s.methodTitle), p.layer(s))
}

// join puts a middle dot between what is not empty.
func (p *page) join(parts ...string) string {
	var out []string
	for _, part := range parts {
		if part = p.clean(part); part != "" && part != "–" {
			out = append(out, part)
		}
	}
	return strings.Join(out, "  ·  ")
}

func (p *page) heading(title, sub string) {
	p.y += 20
	p.text(margin, p.y, p.elide(title, styleTitle, content), styleTitle, left)
	p.y += 27
	p.text(margin, p.y, p.elide(sub, styleMuted, content), styleMuted, left)
	p.y += 24
}

// shownClasses is how many classes have a bar.
const shownClasses = 5

// classes draws the most probable classes as bars, the explained one among
// them in any case.
func (p *page) classes(s *subject, x, w float64) {
	shown := s.Result.Top[:min(len(s.Result.Top), shownClasses)]
	listed := false
	for _, c := range shown {
		listed = listed || c.Class == s.Result.Target.Class
	}
	if !listed {
		shown = append(append([]task.Score(nil), shown...), s.Result.Target)
	}
	// The class that was the most probable before the edits is shown too.
	if b := s.Result.Before; len(b) > 0 {
		was := slices.MaxFunc(b, func(a, b task.Score) int { return cmp.Compare(a.Probability, b.Probability) }).Class
		is := func(c task.Score) bool { return c.Class == was }
		if i := slices.IndexFunc(s.Result.Top, is); i >= 0 && !slices.ContainsFunc(shown, is) {
			shown = append(slices.Clone(shown), s.Result.Top[i])
		}
	}
	const labels, figures, logits = 250.0, 84.0, 84.0
	bars := w - labels - figures - logits
	heading, percentage, score, _ := s.words()
	p.text(x, p.y, p.term(heading), styleHeading, left)
	if len(s.Result.Before) > 0 {
		bars -= figures
		p.text(x+w-logits-figures, p.y, p.tr("unedited"), styleSmall, right)
	}
	p.text(x+w-logits, p.y, p.term(percentage), styleSmall, right)
	p.text(x+w, p.y, p.term(score), styleSmall, right)
	p.y += 28
	for i, c := range shown {
		if !listed && i == len(shown)-1 && i > 0 {
			p.text(x, p.y-8, "…", styleSmall, left)
			p.y += 10
		}
		st, fill := styleBody, soft
		if c.Class == s.Result.Target.Class {
			st, fill = styleStrong, accent
		}
		p.text(x, p.y, p.elide(p.label(c), st, labels-16), st, left)
		p.fill(x+labels, p.y-10, bars, 10, mat)
		if share := min(max(c.Probability, 0), 1); share > 0 {
			p.fill(x+labels, p.y-10, max(bars*share, 1.5), 10, fill)
		}
		if b, ok := s.before(c.Class); ok {
			p.fill(x+labels+bars*min(max(b.Probability, 0), 1)-1, p.y-13, 2, 16, ink)
			p.text(x+w-logits-figures, p.y, percent(b.Probability), textStyle{regular, sizeBody, muted}, right)
		}
		p.text(x+w-logits, p.y, percent(c.Probability), st, right)
		p.text(x+w, p.y, logit(c.Logit), textStyle{regular, sizeBody, muted}, right)
		p.y += 27
	}
	p.y += 14
}

// maxNotes bounds the remarks that are printed.
const maxNotes = 12

// notes prints remarks, warnings marked. Of several results, each remark says
// whose it is, unless it holds for all.
func (p *page) notes(subjects []*subject, x, w float64) {
	type remark struct {
		text    string
		warning bool
		of      []string
	}
	var all []*remark
	for _, s := range subjects {
		for _, n := range s.Result.Notes[:min(len(s.Result.Notes), maxNotes)] {
			text := p.clean(p.tr(n.Key, n.Args...))
			if text == "" {
				continue
			}
			i := slices.IndexFunc(all, func(r *remark) bool { return r.text == text && r.warning == n.Warning })
			if i < 0 {
				i, all = len(all), append(all, &remark{text: text, warning: n.Warning})
			}
			all[i].of = append(all[i].of, p.clean(p.term(s.methodTitle)))
		}
	}
	if len(all) == 0 {
		return
	}
	p.text(x, p.y, p.tr("Remarks"), styleHeading, left)
	p.y += 28
	for _, r := range all {
		text, mark := r.text, soft
		if len(r.of) < len(subjects) {
			text = strings.Join(r.of, ", ") + ": " + text
		}
		if r.warning {
			mark = amber
		}
		lines := p.wrap(text, styleBody, w-18, 6)
		p.fill(x, p.y-12, 3, float64(len(lines))*20-2, mark)
		for _, line := range lines {
			p.text(x+18, p.y+1, line, styleBody, left)
			p.y += 20
		}
		p.y += 9
	}
}

// table prints the facts in two columns.
func (p *page) table(s *subject, x, w float64) {
	const keys = 138.0
	p.text(x, p.y, p.tr("How this was made"), styleHeading, left)
	p.y += 28
	for _, f := range p.facts(s) {
		p.text(x, p.y, p.elide(f.key, styleMuted, keys-12), styleMuted, left)
		for _, line := range p.wrap(f.value, f.style, w-keys, 3) {
			p.text(x+keys, p.y, line, f.style, left)
			p.y += 20
		}
		p.y += 4
	}
}

func (p *page) footer(s *subject) {
	p.y += 26
	p.line(margin, p.y, content)
	p.y += 25
	made := p.clean(p.tr("Made by SeeWhy %s", s.Result.Version))
	p.text(margin, p.y, p.elide(made, styleSmall, content/3), styleSmall, left)
	p.text(pageWidth-margin, p.y, p.elide(p.tr("This file holds the numbers and settings to repeat it"), styleSmall, content/2), styleSmall, right)
	p.y += 30
}
