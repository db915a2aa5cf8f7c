package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"

	"seewhy/analysis/scene"
	"seewhy/assets/gallery"
)

// gallerySize is large enough to look at and small enough to embed.
const gallerySize = 448

// jpegQuality keeps coding errors below the pictures' own grain.
const jpegQuality = 92

// drawGallery writes every exhibit: the picture, its masks, and the table of all.
func drawGallery(args []string) error {
	fs := flag.NewFlagSet("gallery", flag.ContinueOnError)
	out := fs.String("out", "assets/gallery", "folder to write to; its images and masks are replaced")
	if err := fs.Parse(args); err != nil {
		return err
	}
	for _, sub := range []string{"images", "masks"} {
		dir := filepath.Join(*out, sub)
		if err := errors.Join(os.RemoveAll(dir), os.MkdirAll(dir, 0o755)); err != nil {
			return err
		}
	}
	list := exhibits()
	samples := make([]gallery.Sample, len(list))
	err := parallel(len(list), func(i int) error {
		s, files, err := render(i, list[i])
		if err != nil {
			return err
		}
		for name, data := range files {
			if err := os.WriteFile(filepath.Join(*out, filepath.FromSlash(name)), data, 0o644); err != nil {
				return err
			}
		}
		samples[i] = s
		return nil
	})
	if err != nil {
		return fmt.Errorf("write the gallery: %w", err)
	}
	return writeJSON(filepath.Join(*out, "gallery.json"), samples)
}

// render draws exhibit i and encodes its files, by their names inside the gallery.
func render(i int, e exhibit) (gallery.Sample, map[string][]byte, error) {
	options, err := json.Marshal(e.options)
	if err != nil {
		return gallery.Sample{}, nil, err
	}
	sc := scene.Draw(e.options)
	id := fmt.Sprintf("%02d-%s", i+1, e.name)
	s := gallery.Sample{
		File: "images/" + id + ".jpg", Title: e.title, Label: sc.Main().Label, Class: sc.Main().Class,
		Seed: e.options.Seed, Scene: options, Pair: e.pair,
	}
	files := map[string][]byte{}
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, sc.Image, &jpeg.Options{Quality: jpegQuality}); err != nil {
		return s, nil, err
	}
	files[s.File] = bytes.Clone(buf.Bytes())
	for k, o := range sc.Objects {
		name := fmt.Sprintf("masks/%s-object%d.png", id, k)
		if files[name], err = maskPNG(o.Mask); err != nil {
			return s, nil, err
		}
		s.Objects = append(s.Objects, gallery.Object{Class: o.Class, Label: o.Label, Main: o.Main, Box: box(o.Box), Mask: name})
	}
	for k, d := range sc.Distractors {
		name := fmt.Sprintf("masks/%s-%s%d.png", id, d.Kind, k)
		if files[name], err = maskPNG(d.Mask); err != nil {
			return s, nil, err
		}
		s.Distractors = append(s.Distractors, gallery.Distractor{Kind: string(d.Kind), Box: box(d.Box), Mask: name})
	}
	return s, files, nil
}

// maskPNG codes the mask with one bit a pixel: set where at least half of the pixel shows the thing.
func maskPNG(m *image.Alpha) ([]byte, error) {
	p := image.NewPaletted(m.Rect, color.Palette{color.Black, color.White})
	for i, a := range m.Pix {
		if a >= 128 {
			p.Pix[i] = 1
		}
	}
	var buf bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.BestCompression}
	err := enc.Encode(&buf, p)
	return buf.Bytes(), err
}

func box(r image.Rectangle) [4]int { return [4]int{r.Min.X, r.Min.Y, r.Max.X, r.Max.Y} }
