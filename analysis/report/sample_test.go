package report

import (
	"image"
	"math"
	"time"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/task"
	"seewhy/models/prep"
)

// sample is a result on a photograph of w x h pixels whose map covers the
// centre square.
func sample(w, h int) Input {
	photo := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range photo.Pix {
		x, y := i/4%w, i/4/w
		photo.Pix[i] = [4]uint8{uint8(x * 255 / w), uint8(y * 255 / h), uint8((x + y) % 256), 255}[i%4]
	}
	m := task.Map{Width: 7, Height: 5, Signed: true, ClampNegative: true}
	for i := range m.Width * m.Height {
		m.Values = append(m.Values, float32(math.Sin(float64(i))))
	}
	side := float64(min(w, h))
	region := prep.Region{X0: (float64(w) - side) / 2, Y0: (float64(h) - side) / 2, X1: (float64(w) + side) / 2, Y1: (float64(h) + side) / 2}
	return Input{
		Photo: photo,
		Model: task.ModelInfo{Title: "Test net", License: "Apache-2.0", Layers: []task.Layer{{Value: "c5", Name: "conv5", Op: "Conv", Shape: []int{64, 5, 7}}}},
		Method: task.MethodInfo{
			Title: "Grad-CAM",
			Paper: "Selvaraju et al. 2017, section 3",
		},
		Style: heatmap.DefaultStyle(),
		Result: task.Result{
			Task: task.Task{
				Schema:     task.Schema,
				Model:      task.ModelRef{Name: "net.onnx", Path: "/home/ann/secret/net.onnx", SHA256: "aa11"},
				Image:      task.ImageRef{Name: "cat.jpg", Path: `C:\Users\ann\cat.jpg`, SHA256: "bb22", Width: w, Height: h},
				Preprocess: prep.Spec{Resize: prep.Resize{Mode: prep.ResizeShorter, Size: 64, Filter: "bilinear", Antialias: true}, Channels: prep.RGB, Scale: 1.0 / 255},
				Target:     task.Target{Kind: task.Logit, Class: 3, Rather: 2}, Layer: "c5", Method: "gradcam",
				Params: map[string]float64{"n": 25, "sigma": 0.15}, Seed: 1<<63 + 7, Device: "cpu",
			},
			Map: m, Region: region,
			Top:    []task.Score{{Class: 3, Label: "cat", Logit: 8.5, Probability: 0.75}, {Class: 2, Label: "dog", Logit: 7, Probability: 0.2}},
			Target: task.Score{Class: 3, Label: "cat", Logit: 8.5, Probability: 0.75}, Value: 8.5,
			Notes:   []task.Note{{Warning: true, Key: "%d of %.1f %% at %s", Args: []any{3, 50.0, "the border"}}},
			Forward: 1500 * time.Microsecond, Total: 9 * time.Millisecond, Device: "CPU", Version: "0.1.0",
			Time: time.Date(2026, 11, 23, 15, 4, 5, 0, time.UTC),
		},
	}
}
