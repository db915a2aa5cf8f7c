package library

import (
	"bytes"
	_ "embed"
	"fmt"
	"strings"
)

//go:embed labels/imagenet.txt
var imagenetText string

//go:embed labels/ferplus.txt
var ferplusText string

// ImageNetLabels are the names of the 1,000 classes of ImageNet-1k in their
// usual order.
func ImageNetLabels() []string { return strings.Split(strings.TrimSpace(imagenetText), "\n") }

// assumedLabels names the classes of models that come without labels and
// whose number of outputs is that of ImageNet.
func assumedLabels(labels []string, from string, classes int) ([]string, string) {
	if len(labels) > 0 {
		return labels, from
	}
	switch classes {
	case 1000:
		return ImageNetLabels(), "ImageNet-1k (assumed from 1,000 outputs)"
	case 1001:
		return append([]string{"background"}, ImageNetLabels()...), "ImageNet-1k with a background class (assumed from 1,001 outputs)"
	}
	return nil, ""
}

// ParseLabels reads a text file of one label a line. A WordNet number in
// front ("n01440764 tench") is taken off, and so is an index that counts the
// lines ("0: tench", "0 tench", "0,tench"). Empty lines at the end do not
// count. file serves for messages.
func ParseLabels(file string, data []byte) ([]string, error) {
	if bytes.IndexByte(data, 0) >= 0 {
		return nil, fmt.Errorf("%s: holds binary data, not one label a line", file)
	}
	text := strings.TrimPrefix(string(data), "\ufeff")
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	text = strings.TrimRight(text, "\n \t")
	if text == "" {
		return nil, fmt.Errorf("%s: holds no labels", file)
	}
	if n := strings.Count(text, "\n") + 1; n > maxLabels {
		return nil, fmt.Errorf("%s: %d lines; the limit is %d labels", file, n, maxLabels)
	}
	lines := strings.Split(text, "\n")
	numbered := true
	for i, l := range lines {
		lines[i] = withoutSynset(strings.TrimSpace(l))
		_, counts := withoutIndex(lines[i], i)
		numbered = numbered && counts
	}
	// Labels that are numbers themselves (digits) stay: an index is only taken
	// off where every line has one and a name behind it.
	if numbered {
		for i, l := range lines {
			lines[i], _ = withoutIndex(l, i)
		}
	}
	return cleanLabels(file, lines)
}

// withoutSynset takes off "n" and eight digits where a name follows.
func withoutSynset(l string) string {
	if len(l) < 11 || l[0] != 'n' || !strings.ContainsRune(" \t,:", rune(l[9])) {
		return l
	}
	for _, c := range l[1:9] {
		if c < '0' || c > '9' {
			return l
		}
	}
	if rest := strings.TrimLeft(l[9:], " \t,:"); rest != "" {
		return rest
	}
	return l
}

func withoutIndex(l string, i int) (string, bool) {
	rest, ok := strings.CutPrefix(l, fmt.Sprint(i))
	if !ok || rest == "" || !strings.ContainsRune(" \t,:", rune(rest[0])) {
		return l, false
	}
	rest = strings.TrimLeft(rest, " \t,:")
	return rest, rest != ""
}

// labelsText takes NAME.labels.txt, labels.txt and the like.
func (d *discovery) labelsText(file string, data []byte) error {
	if d.Labels != nil {
		return nil
	}
	labels, err := ParseLabels(file, data)
	if err != nil {
		return err
	}
	return d.setLabels(labels, file)
}

// setLabels takes labels where none were found before and their number fits.
func (d *discovery) setLabels(labels []string, from string) error {
	if d.Labels != nil || len(labels) == 0 {
		return nil
	}
	if d.classes > 0 && len(labels) == d.classes-1 && d.classes == 1001 {
		labels = append([]string{"background"}, labels...)
	}
	if d.classes > 0 && len(labels) != d.classes {
		return fmt.Errorf("%s: %d labels for a model of %d classes; they are left out", from, len(labels), d.classes)
	}
	d.Labels, d.LabelsFrom = labels, from
	return nil
}

// classIndex takes Keras' imagenet_class_index.json:
// {"0": ["n01440764", "tench"], ...}.
func (d *discovery) classIndex(file string, data []byte) error {
	if d.Labels != nil {
		return nil
	}
	var index map[string][]string
	if err := decodeJSON(file, data, &index); err != nil {
		return err
	}
	names := make(map[string]string, len(index))
	for k, v := range index {
		if len(v) > 0 {
			names[k] = strings.ReplaceAll(v[len(v)-1], "_", " ")
		}
	}
	labels, err := numbered(file, names)
	if err != nil {
		return err
	}
	return d.setLabels(labels, file)
}
