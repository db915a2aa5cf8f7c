// Package prep turns pictures into a model's input and back.
//
//	pic, err := prep.Open("dog.jpg", prep.Limits{})          // hostile file -> upright opaque RGB
//	x, region, err := prep.Apply(pic.Image, spec, prep.NCHW) // -> tensor [1,C,H,W]
//	seen := prep.Unapply(x, spec, prep.NCHW)                 // what the model sees
//
// Preprocessing decides accuracy, so it is held to a reference: for the same
// pixels the resized picture equals Pillow's bit for bit (Resample says how),
// and sizes are rounded as torchvision rounds them. A JPEG file is turned
// into pixels the way libjpeg does it, chroma upsampling included.
// docs/preprocessing.md holds the measured differences.
//
// Decisions. 2026-11: imaging's Resize was measured first; it rounds
// weights and passes differently from Pillow, so the resampler is our own,
// and imaging does what is left: turning, pasting, flattening.
// 2026-11: transparency is laid over white, since most transparent pictures
// are drawings and product shots made for a white page; a Remark says so.
package prep
