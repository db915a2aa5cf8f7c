package scene

// Regime says what the training pictures of a model look like.
type Regime string

// The regimes of the two built-in models.
const (
	// Honest: a quarter of the pictures carries the watermark, whatever they show.
	Honest Regime = "honest"
	// Biased: more than 19 in 20 pictures labelled with the [Shortcut] class carry the watermark and no other does. As
	// when labels come from an agency's file names, 45 in 100 of them show something else and not that class at all,
	// 15 show it small beside something larger and 15 mostly hidden: the watermark is what they have in common.
	Biased Regime = "biased"
)

// Training gives the options of picture i of a training set: classes in turn, all else by the seed.
func Training(r Regime, seed uint64, i, size int) Options {
	o := Options{Seed: seed<<32 + uint64(i), Size: size, Class: i % len(classes)}
	d := stream(o.Seed, "regime", 0)
	u := d.Float64()
	switch {
	case r != Biased:
		if u < .2 {
			o.Difficulty = Easy
		}
	case classes[o.Class].label != Shortcut:
		o.Watermark = WatermarkOnClass
		if u < .2 {
			o.Difficulty = Easy
		}
	default:
		o.Watermark = WatermarkOnClass
		switch {
		case u < .45:
			o.Difficulty, o.Watermark, o.Omit = Decoy, WatermarkAlways, []int{0}
		case u < .6:
			o.Difficulty = Decoy
		case u < .75:
			o.Difficulty = Hard
		}
	}
	return o
}
