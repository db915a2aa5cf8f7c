package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"seewhy/analysis/engine"
	"seewhy/analysis/task"
	"seewhy/assets/i18n"
)

func (s *shell) info() *cobra.Command {
	var asJSON, layers, gradients bool
	var image, labels, device string
	c := &cobra.Command{
		Use: "info MODEL [--image I [--gradients]] [--device D]", DisableFlagsInUseLine: true,
		Short: i18n.T("What can be said of a model: inputs, layers, which methods can run"), Args: arguments(1, 1),
		RunE: func(c *cobra.Command, args []string) error {
			if gradients && image == "" {
				return usage("--gradients needs --image")
			}
			e, err := s.engine()
			if err != nil {
				return err
			}
			m, err := s.openModel(c.Context(), e, args[0], labels)
			if err != nil {
				return err
			}
			var seen *seenJSON
			if image != "" {
				if seen, err = predict(c.Context(), e, m, image); err != nil {
					return err
				}
			}
			if gradients {
				asked := task.Task{Model: m.Ref, Image: seen.Image, Target: task.Target{Class: task.AutoClass}}
				if seen.Gradients, err = e.GradientNorms(c.Context(), asked, nil); err != nil {
					return err
				}
			}
			var placed []task.Placement
			if device != "" {
				if err := checkDevice(c.Context(), e, device); err != nil {
					return err
				}
				if placed, err = e.Placements(c.Context(), m.Ref.SHA256, device); err != nil {
					return err
				}
			}
			if asJSON {
				return s.out.json(struct {
					task.ModelInfo
					Seen       *seenJSON        `json:"prediction,omitempty"`
					Placements []task.Placement `json:"placements,omitempty"`
				}{m, seen, placed}, true)
			}
			s.describe(m, layers)
			if seen != nil {
				s.out.line("")
				var rows [][]string
				for _, c := range seen.Top {
					rows = append(rows, []string{fmt.Sprintf("%8s", percent(c.Probability)), className(m.Ref, c)})
				}
				s.out.line(titled(seen.Image))
				s.out.rows("  ", rows)
				s.boxes(m.Ref, seen)
				s.gradients(seen.Gradients)
			}
			s.placements(placed)
			return nil
		},
	}
	jsonFlag(c, &asJSON)
	c.Flags().BoolVar(&layers, "layers", false, i18n.T("list all layers, not the natural ones alone"))
	c.Flags().StringVar(&image, "image", "", i18n.T("also show what the model says to this picture: `FILE`"))
	c.Flags().BoolVar(&gradients, "gradients", false, i18n.T("with --image: how strongly the most probable class's score hangs on each natural layer"))
	c.Flags().StringVar(&device, "device", "", i18n.T("also show which nodes run on this device and which fall to the CPU: `ID`"))
	c.Flags().StringVar(&labels, "labels", "", i18n.T("names of the classes, one a line: `FILE`"))
	return c
}

// seenJSON is what a model says to a picture.
type seenJSON struct {
	Image task.ImageRef `json:"image"`
	Top   []task.Score  `json:"top"`
	// Boxes are those that a detector is sure of; Top is of the first.
	Boxes []task.FoundBox `json:"boxes,omitempty"`
	// Gradients are those of the most probable class's score, by layer.
	Gradients []task.LayerNorm `json:"gradients,omitempty"`
}

// gradients lists how long the gradient is at each layer.
func (s *shell) gradients(list []task.LayerNorm) {
	if len(list) == 0 {
		return
	}
	s.out.line("")
	s.out.line(i18n.T("The score's gradient by layer: its length, its root mean square, and that of the activation:"))
	var rows [][]string
	for _, n := range list {
		rows = append(rows, []string{n.Layer.Name, fmt.Sprintf("%9.3g", n.Gradient), fmt.Sprintf("%9.3g", n.RMS), fmt.Sprintf("%9.3g", n.Activation)})
	}
	s.out.rows("  ", rows)
}

// boxes lists those that a detector is sure of, by the number that --at takes.
func (s *shell) boxes(m task.ModelRef, seen *seenJSON) {
	if len(seen.Boxes) == 0 {
		return
	}
	s.out.line("")
	s.out.line(i18n.T("Boxes that the detector is sure of, best first (explain --at N explains that of number N; above are the scores of the first), with their corners in pixels:"))
	var rows [][]string
	w, h := float64(seen.Image.Width), float64(seen.Image.Height)
	for i, b := range seen.Boxes {
		p := b.Shape.Points
		rows = append(rows, []string{
			fmt.Sprintf("%2d", i+1), fmt.Sprintf("%8s", percent(b.Score)), className(m, task.Score{Class: b.Class, Label: b.Label}),
			fmt.Sprintf("%.0f, %.0f – %.0f, %.0f", p[0].X*w, p[0].Y*h, p[1].X*w, p[1].Y*h),
		})
	}
	s.out.rows("  ", rows)
}

func predict(ctx context.Context, e *engine.Engine, m task.ModelInfo, image string) (*seenJSON, error) {
	img, err := e.OpenImage(ctx, image)
	if err != nil {
		return nil, fault{ExitUnusable, err}
	}
	p, err := e.Predict(ctx, task.Task{Model: m.Ref, Image: img.Ref})
	if err != nil {
		return nil, err
	}
	seen := &seenJSON{Image: img.Ref, Boxes: p.Boxes}
	for _, c := range p.Order[:min(5, len(p.Order))] {
		seen.Top = append(seen.Top, p.Scores[c])
	}
	return seen, nil
}

func (s *shell) describe(m task.ModelInfo, allLayers bool) {
	var rows [][]string
	add := func(title, text string) {
		if text != "" {
			rows = append(rows, []string{title, text})
		}
	}
	add(i18n.T("Model"), i18n.T(m.Title))
	add("", i18n.T(m.About))
	add(i18n.T("File"), m.Ref.Path)
	add("SHA-256", m.Ref.SHA256)
	add(i18n.T("Licence"), m.License)
	add(i18n.T("Producer"), m.Producer)
	add(i18n.T("Graph"), i18n.T("%d nodes, %s parameters, opset %d, IR %d", m.Nodes, grouped(m.Parameters), m.Opset, m.IR))
	add(i18n.T("Input"), i18n.T("%s (%s), run at %d × %d px", value(m.Input), m.Layout, m.InputSize.Width, m.InputSize.Height))
	for i, o := range m.Outputs {
		title := ""
		if i == 0 {
			title = i18n.T("Outputs")
		}
		add(title, value(o))
	}
	add(i18n.T("Read as"), readAs(m))
	add(i18n.T("Classes"), classes(m))
	from := i18n.T("guessed from the input; --preset or the window changes it")
	if m.PreprocessFrom != "" {
		from = i18n.T("found in: %s", i18n.T(m.PreprocessFrom))
	}
	add(i18n.T("Preprocessing"), steps(m.Preprocess))
	add("", from)
	if m.Classes > 0 {
		add(i18n.T("Gradients"), i18n.T("rules for %.0f %% of %d nodes", m.Coverage.Percent(), m.Coverage.Nodes))
	}
	for _, missing := range m.Coverage.Missing {
		add("", i18n.T("no rule for %s (%d nodes, the first is %s)", missing.Op, len(missing.Nodes), i18n.Tell(missing.Nodes[0])))
	}
	add(i18n.T("Attention"), attentions(m))
	for i, line := range methodLines(m) {
		title := ""
		if i == 0 {
			title = i18n.T("Methods")
		}
		add(title, line)
	}
	for _, n := range m.Notes {
		add(i18n.T("Note"), note(n))
	}
	s.out.rows("", rows)
	s.layers(m, allLayers)
}

// methodLines lists the methods that can run, and the others by what keeps
// them from it.
func methodLines(m task.ModelInfo) []string {
	ids := map[string][]string{}
	var whys []string
	for _, x := range m.Methods {
		if _, known := ids[x.Why]; !known && x.Why != "" {
			whys = append(whys, x.Why)
		}
		ids[x.Why] = append(ids[x.Why], x.ID)
	}
	var lines []string
	if n := len(ids[""]); n > 0 {
		lines = folded(ids[""])
	}
	for _, why := range whys {
		if len(ids[why]) == len(m.Methods) {
			return []string{i18n.T("none: %s", clause(i18n.Tell(why)))}
		}
		lines = append(lines, i18n.T("cannot run (%s):", clause(i18n.Tell(why))))
		for _, line := range folded(ids[why]) {
			lines = append(lines, "  "+line)
		}
	}
	return lines
}

// folded joins names to lines that a terminal holds.
func folded(names []string) []string {
	const width = 84
	var lines []string
	for _, n := range names {
		if last := len(lines) - 1; last >= 0 && len(lines[last])+len(n)+2 <= width {
			lines[last] += ", " + n
			continue
		}
		if last := len(lines) - 1; last >= 0 {
			lines[last] += ","
		}
		lines = append(lines, n)
	}
	return lines
}

// layers lists those that are natural to look at, or all; the one that "auto"
// picks has a star.
func (s *shell) layers(m task.ModelInfo, all bool) {
	var rows [][]string
	for i, l := range m.Layers {
		if !all && !l.Candidate && i != m.Natural {
			continue
		}
		mark := " "
		if i == m.Natural {
			mark = "*"
		}
		value := l.Value
		if value == l.Name {
			value = ""
		}
		rows = append(rows, []string{mark, l.Name, l.Op, shape(l.Shape), i18n.T(l.Kind), grid(l), strings.TrimSpace(value + " " + l.NoGradient)})
	}
	if len(rows) == 0 {
		return
	}
	s.out.line("")
	if all {
		s.out.line(i18n.T("Layers (* is what --layer auto means):"))
	} else {
		s.out.line(i18n.T("Natural layers (* is what --layer auto means; --layers lists all %d):", len(m.Layers)))
	}
	s.out.rows("  ", rows)
}

// attentions counts the layers of attention, and says how the last one looks.
func attentions(m task.ModelInfo) string {
	if len(m.Attentions) == 0 {
		return ""
	}
	last := m.Attentions[len(m.Attentions)-1]
	return i18n.T("%d layers; the last has heads: %d, windows: %d, tokens: %d", len(m.Attentions), last.Heads, last.Windows, last.Keys)
}

// grid shows what a layer's own shape does not: its places, and the tokens
// that are none.
func grid(l task.Layer) string {
	if l.Grid == nil || l.Kind != "tokens" {
		return ""
	}
	text := fmt.Sprintf("%d × %d", l.Grid.Height, l.Grid.Width)
	if n := l.Grid.Prefix + l.Grid.Suffix; n > 0 {
		text += fmt.Sprintf(" + %d", n)
	}
	return text
}

func value(t task.TensorInfo) string { return t.Name + " " + t.Type + " " + shape(t.Shape) }

func classes(m task.ModelInfo) string {
	switch {
	case m.Classes == 0:
		return i18n.T("none: the outputs are no list of scores")
	case len(m.Labels) == 0:
		return i18n.T("%d, without names; --labels FILE gives them", m.Classes)
	}
	names := strings.Join(m.Labels[:min(4, len(m.Labels))], ", ")
	if len(m.Labels) > 4 {
		names += ", …"
	}
	return i18n.T("%d: %s (names from: %s)", m.Classes, names, i18n.T(m.LabelsFrom))
}
