// Command scenes draws pictures whose truth is known.
//
//	go run ./analysis/scene/cmd/scenes train --out DIR --n 12000 --seed 1 --size 112 --regime honest
//	go run ./analysis/scene/cmd/scenes gallery --out assets/gallery
//
// train writes images.rgb (n × size × size × 3 bytes, row by row) and truth.json beside it. gallery writes the embedded
// gallery: pictures, masks and gallery.json.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "scenes:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return errors.New("say what to draw: scenes train --out DIR, or scenes gallery --out DIR")
	}
	switch args[0] {
	case "train":
		return train(args[1:])
	case "gallery":
		return drawGallery(args[1:])
	}
	return fmt.Errorf("unknown command %q: it is train or gallery", args[0])
}
