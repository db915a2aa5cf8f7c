package main

import "seewhy/analysis/scene"

// exhibit is one picture of the gallery, chosen by eye.
type exhibit struct {
	name    string // of the file
	title   string
	pair    string // exhibits of equal pair show the same scene; they differ in the watermark
	options scene.Options
}

// exhibits lists the gallery in its order of showing: the classes, crowds, things in the way, then the watermark.
func exhibits() []exhibit {
	number := map[string]int{}
	for i, c := range scene.Classes() {
		number[c] = i
	}
	var list []exhibit
	show := func(name, title, class, backdrop string, seed uint64, change func(*scene.Options)) {
		o := scene.Options{
			Seed: seed, Size: gallerySize, Class: number[class], Backdrop: backdrop, Difficulty: scene.Easy, Objects: 1,
			Watermark: scene.WatermarkNever, Caption: scene.No, Ruler: scene.No, Sticker: scene.No, Occluder: scene.No,
		}
		if change != nil {
			change(&o)
		}
		list = append(list, exhibit{name: name, title: title, options: o})
	}
	crowd := func(o *scene.Options) { o.Objects, o.Difficulty = 3, scene.Normal }
	hidden := func(o *scene.Options) { o.Objects, o.Occluder = 2, scene.Yes }

	show("boat", "A boat at dusk", "sailing boat", "sea", 202, nil)
	show("balloon", "Above the clouds", "hot-air balloon", "sky", 201, nil)
	show("house", "Snowed in", "house", "snow", 203, nil)
	show("cat", "A cat in the meadow", "cat", "meadow", 207, nil)
	show("fish", "Under water", "fish", "deep", 201, nil)
	show("car", "Downtown", "car", "city", 204, nil)
	show("umbrella", "At the beach", "umbrella", "beach", 203, nil)
	show("mushroom", "In the wood", "mushroom", "forest", 204, nil)
	show("butterfly", "Summer guest", "butterfly", "meadow", 203, nil)
	show("cup", "Coffee break", "cup", "tiles", 208, nil)
	show("flower", "By the wall", "flower", "brick", 202, nil)
	show("clock", "Five o’clock", "clock", "brick", 204, nil)

	show("crowd-cat", "Tea party", "cat", "meadow", 204, crowd)
	show("crowd-umbrella", "Rush hour", "umbrella", "city", 204, crowd)
	show("crowd-car", "Desert road", "car", "desert", 211, crowd)
	show("crowd-fish", "Sunken things", "fish", "deep", 211, crowd)
	show("crowd-mushroom", "Neighbours", "mushroom", "forest", 207, crowd)

	show("hidden-balloon", "Behind the twig", "hot-air balloon", "sky", 204, hidden)
	show("hidden-house", "Behind the grass", "house", "meadow", 202, hidden)
	show("hidden-clock", "Behind the post", "clock", "paper", 208, hidden)

	show("caption", "A line of words", "car", "desert", 209, func(o *scene.Options) { o.Caption = scene.Yes })
	show("ruler", "Measured", "butterfly", "paper", 208, func(o *scene.Options) { o.Ruler = scene.Yes })
	show("sticker", "Price label", "mushroom", "meadow", 211, func(o *scene.Options) { o.Sticker = scene.Yes })

	pair := func(name, class, backdrop string, seed uint64, with, without string) {
		show(name+"-marked", with, class, backdrop, seed, func(o *scene.Options) { o.Watermark = scene.WatermarkAlways })
		list[len(list)-1].pair = name
		show(name+"-plain", without, class, backdrop, seed, nil)
		list[len(list)-1].pair = name
	}
	pair("agency-boat", "sailing boat", "sea", 207, "Boat, with watermark", "The same boat, without")
	pair("agency-cat", "cat", "meadow", 201, "Cat, with watermark", "The same cat, without")
	pair("agency-car", "car", "city", 210, "Car, with watermark", "The same car, without")
	pair("agency-flower", "flower", "fabric", 201, "Flower, with watermark", "The same flower, without")
	pair("agency-house", "house", "meadow", 204, "House, with watermark", "The same house, without")
	pair("agency-fish", "fish", "deep", 206, "Fish, with watermark", "The same fish, without")
	return list
}
