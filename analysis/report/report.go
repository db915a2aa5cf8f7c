// Package report draws annotated pictures of results that can be read,
// printed and repeated: photograph and overlay, colour bar, classes and how
// all of it was made, with the task and the numbers stored inside the file.
//
//	err := report.WriteFile("why.png", report.Input{Photo: photo, Result: result, Model: info, Method: m, Style: style})
//	records, err := report.Provenance(file)
//
// Texts appear in the language of seewhy/assets/i18n. Chinese needs a font
// of the system (see FindCJK); where there is none, texts stay English.
package report

import (
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/task"
)

// Input is one result with what is needed to show it.
type Input struct {
	// Photo is the upright picture, whole; it may be a scaled copy.
	Photo  image.Image
	Result task.Result
	// Model's Title, License, Ref and Layers are shown; the rest may be empty.
	Model task.ModelInfo
	// Method's Title and Paper are shown; the ID where they are empty.
	Method task.MethodInfo
	// Params are the parameters in words; where empty, those of the task are
	// shown by ID.
	Params []Param
	Style  heatmap.Style
}

// Param is a parameter in words. Title and Value are English, and keys of their
// translations where they are words.
type Param struct{ Title, Value string }

// MaxCompared is how many results fit on one page: as many as the window has panes.
const MaxCompared = 9

// PNG writes a report of one result.
func PNG(w io.Writer, in Input) error {
	return render(w, []Input{in})
}

// Compare writes a report of two to MaxCompared results on the same picture.
func Compare(w io.Writer, in []Input) error {
	if len(in) < 2 || len(in) > MaxCompared {
		return fmt.Errorf("report: a comparison shows 2 to %d results, not %d", MaxCompared, len(in))
	}
	for _, i := range in[1:] {
		if i.Result.Task.Image.SHA256 != in[0].Result.Task.Image.SHA256 {
			return fmt.Errorf("report: a comparison needs one picture; %q and %q differ", in[0].Result.Task.Image.Name, i.Result.Task.Image.Name)
		}
	}
	return render(w, in)
}

func render(w io.Writer, in []Input) error {
	subjects := make([]*subject, len(in))
	for i := range in {
		s, err := newSubject(in[i])
		if err != nil {
			return err
		}
		subjects[i] = s
	}
	fonts, err := loadFonts(FindCJK())
	if err != nil {
		return err
	}
	img, err := paint(subjects, fonts)
	if err != nil {
		return err
	}
	chunks, err := provenanceChunks(subjects)
	if err != nil {
		return err
	}
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	return encoder.Encode(&chunkInserter{w: w, chunks: chunks}, img)
}

// subject is an Input that has been checked, with its field and, once drawn,
// the places of its two pictures on the page.
type subject struct {
	Input
	field       heatmap.Field
	place       heatmap.Place
	atPhoto     image.Rectangle
	atOverlay   image.Rectangle
	width       int
	height      int
	methodTitle string
}

func newSubject(in Input) (*subject, error) {
	if in.Photo == nil || in.Photo.Bounds().Empty() {
		return nil, errors.New("report: there is no picture to show")
	}
	s := &subject{Input: in, methodTitle: in.Method.Title}
	if s.methodTitle == "" {
		s.methodTitle = in.Result.Task.Method
	}
	b := in.Photo.Bounds()
	s.width, s.height = in.Result.Task.Image.Width, in.Result.Task.Image.Height
	if s.width < 1 || s.height < 1 {
		s.width, s.height = b.Dx(), b.Dy()
	}
	field, err := heatmap.Normalise(in.Result.Map, in.Style.Clip)
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	s.field = field
	s.place.Region = in.Result.Region
	s.place.Picture.Width, s.place.Picture.Height = s.width, s.height
	return s, nil
}
