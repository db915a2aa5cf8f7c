package method

import (
	"math"

	"seewhy/analysis/task"
	"seewhy/models/tensor"
)

// ChannelMeans averages x [1, C, H, W] over space: C numbers.
func ChannelMeans(x tensor.Tensor) []float64 {
	w := ChannelSums(x)
	for k := range w {
		w[k] /= float64(x.Shape[2] * x.Shape[3])
	}
	return w
}

// ChannelSums adds up x [1, C, H, W] over space: C numbers, in four parts that a
// processor adds at the same time.
func ChannelSums(x tensor.Tensor) []float64 {
	channels, cells := x.Shape[1], x.Shape[2]*x.Shape[3]
	w := make([]float64, channels)
	for k := range w {
		row := x.Data[k*cells : (k+1)*cells]
		var a, b, c, d float64
		for ; len(row) >= 4; row = row[4:] {
			a, b, c, d = a+float64(row[0]), b+float64(row[1]), c+float64(row[2]), d+float64(row[3])
		}
		for _, v := range row {
			a += float64(v)
		}
		w[k] = (a + b) + (c + d)
	}
	return w
}

// WeightedSum adds the channels of A [1, C, H, W] with weights w: four at once,
// so that the sums are read and written a fourth as often.
func WeightedSum(A tensor.Tensor, w []float64) task.Map {
	cells := A.Shape[2] * A.Shape[3]
	sum := make([]float64, cells)
	channel := func(k int) []float32 { return A.Data[k*cells : (k+1)*cells] }
	k := 0
	for ; k+4 <= len(w); k += 4 {
		a, b, c, d := channel(k), channel(k+1), channel(k+2), channel(k+3)
		b, c, d = b[:len(a)], c[:len(a)], d[:len(a)]
		wa, wb, wc, wd := w[k], w[k+1], w[k+2], w[k+3]
		for i, v := range a {
			sum[i] += wa*float64(v) + wb*float64(b[i]) + (wc*float64(c[i]) + wd*float64(d[i]))
		}
	}
	for ; k < len(w); k++ {
		for i, v := range channel(k) {
			sum[i] += w[k] * float64(v)
		}
	}
	return mapOf(A, sum)
}

// SumOver adds f(A, G) over the channels of A and G [1, C, H, W].
func SumOver(A, G tensor.Tensor, f func(a, g float64) float64) task.Map {
	sum := make([]float64, A.Shape[2]*A.Shape[3])
	for at, a := range A.Data {
		sum[at%len(sum)] += f(float64(a), float64(G.Data[at]))
	}
	return mapOf(A, sum)
}

// attributionChannels is the parameter of the methods that give each value of
// the input its share of the score.
var attributionChannels = Param{
	ID: "channels", Title: "Channels", Help: "How the attributions of a pixel's colour channels become one number.",
	Max: 1, Step: 1, Choices: []string{"Signed sum", "Sum of magnitudes"},
}

// attributionMap folds the attributions of each pixel's channels as the
// parameter says; values is in the order of r.Input.
func attributionMap(r Request, values []float64) task.Map {
	if r.Params[attributionChannels.ID] == 1 {
		return OverChannels(likeInput(r, values), r.Layout, func(sum, v float64) float64 { return sum + math.Abs(v) })
	}
	m := OverChannels(likeInput(r, values), r.Layout, func(sum, v float64) float64 { return sum + v })
	m.Signed = true
	return m
}

// likeInput is a tensor of the input's shape.
func likeInput(r Request, values []float64) tensor.Tensor {
	t := tensor.New(r.Input.Shape...)
	for i, v := range values {
		t.Data[i] = float32(v)
	}
	return t
}

// mapOf is the map of one value for each cell of A [1, C, H, W].
func mapOf(A tensor.Tensor, values []float64) task.Map {
	m := task.Map{Width: A.Shape[3], Height: A.Shape[2], Values: make([]float32, len(values))}
	for i, v := range values {
		m.Values[i] = float32(v)
	}
	return m
}
