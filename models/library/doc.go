// Package library knows what is known about models: what a model's
// neighbouring files and metadata say, the models inside the program, the
// public ones that can be fetched, and what the user chose before.
//
//	found, problems := library.Discover("resnet.onnx", metadata, []int{-1, 3, 224, 224}, 1000)
//	data, found, err := library.OpenBuiltin("seewhy-scenes-honest")
//	path, err := library.Fetch(ctx, item, library.ModelsDir(), nil, progress)
//
// Everything read here is hostile: files are at most 16 MB, lists at most
// 200,000 labels, text is cleaned of control characters, and whatever does
// not hold is an error that names file and field, while the rest of what was
// found stays usable.
//
// Decision, 2026-11: a folder's own files (config.json, labels.txt) count for
// every model in it, but labels only where their number is the number of
// classes; a file named for the model wins over both.
package library
