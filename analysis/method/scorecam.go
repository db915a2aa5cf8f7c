package method

import (
	"cmp"
	"context"
	"math"
	"slices"

	"seewhy/analysis/task"
	"seewhy/models/tensor"
)

func init() {
	Register(Method{
		Spec: Spec{
			ID: "scorecam", Title: "Score-CAM", Family: FamilyCAM,
			Summary: "Covers the picture by each channel of a layer and weighs the channel by the score that is left: no gradient.",
			Paper:   "Wang et al., Score-CAM, CVPR 2020 workshop, algorithm 1",
			Needs:   Needs{Layer: true},
			Params:  []Param{channelCount, evidence},
			Presets: presets(map[string]float64{channelCount.ID: 64}),
		},
		Explain: scoreCAM,
	})
}

// channelCount is the parameter of the methods that ask channel by channel.
var channelCount = Param{ID: "channels", Title: "Channels", Help: "How many of the layer's channels are asked about, the strongest first; 0 is all.", Max: 65536, Step: 1}

// strongest orders the channels of A [1, C, H, W] by the sum of their sizes,
// the largest first, and takes as many as are asked for.
func strongest(A tensor.Tensor, r Request) []int {
	channels, cells := A.Shape[1], A.Shape[2]*A.Shape[3]
	order, sums := make([]int, channels), make([]float64, channels)
	for k := range order {
		order[k] = k
		for _, v := range A.Data[k*cells : (k+1)*cells] {
			sums[k] += math.Abs(float64(v))
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(sums[b], sums[a]) })
	if n := int(r.Params[channelCount.ID]); n > 0 && n < channels {
		order = order[:n]
	}
	return order
}

// scoreCAM: w = softmax over k of score(x min-max(up(A_k))); M = sum_k w_k A_k.
func scoreCAM(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
	A, err := onlyLayer(ctx, s, r)
	if err != nil {
		return Attribution{}, err
	}
	g := gridOf(r.Input, r.Layout)
	cells := A.Shape[2] * A.Shape[3]
	order := strongest(A, r)
	var scores []float64
	draw := sampling{
		n: len(order), least: 1,
		fill: func(i int, dst []float32) error {
			k, mask := order[i], make([]float32, g.w*g.h)
			enlarge(mask, g.w, g.h, A.Data[k*cells:(k+1)*cells], A.Shape[3], A.Shape[2])
			lo, hi := slices.Min(mask), slices.Max(mask)
			for i := range mask {
				mask[i] = (mask[i] - lo) / (hi - lo + 1e-8)
			}
			g.cover(dst, r.Input.Data, mask)
			return nil
		},
		mix: &Mix{
			X: r.Input, Layout: r.Layout, Masks: ScaledGridMask, CellRows: A.Shape[2], CellColumns: A.Shape[3],
			Describe: func(i int, maps, rows, columns []float32) {
				copy(maps, A.Data[order[i]*cells:(order[i]+1)*cells])
				aligned(rows, A.Shape[2])
				aligned(columns, A.Shape[3])
			},
		},
		take: func(_ int, y float64) { scores = append(scores, y) },
		estimate: func(int) (Attribution, error) {
			weights := make([]float64, A.Shape[1])
			for i, w := range softmax(scores) {
				weights[order[i]] = w
			}
			return signed(r, WeightedSum(A, weights)), nil
		},
	}
	a, done, err := draw.run(ctx, s, r, p)
	if err == nil && done < len(order) {
		keptAt(&a, r, channelCount.ID, done)
	}
	return a, err
}

// softmax is exp(v) over its sum.
func softmax(v []float64) []float64 {
	out, top, sum := make([]float64, len(v)), slices.Max(v), 0.0
	for i, x := range v {
		out[i] = math.Exp(x - top)
		sum += out[i]
	}
	for i := range out {
		out[i] /= sum
	}
	return out
}

// enlarge resizes src [h0*w0] to dst [h*w], bilinear with the corners aligned.
func enlarge(dst []float32, w, h int, src []float32, w0, h0 int) {
	taps := func(n, n0 int) []tap {
		out := make([]tap, n)
		for i := range out {
			at := 0.0
			if n > 1 {
				at = float64(i) * float64(n0-1) / float64(n-1)
			}
			low := min(int(at), n0-1)
			out[i] = tap{low, min(low+1, n0-1), float32(at - float64(low))}
		}
		return out
	}
	columns := taps(w, w0)
	for y, v := range taps(h, h0) {
		a, b := src[v.a*w0:(v.a+1)*w0], src[v.b*w0:(v.b+1)*w0]
		for x, u := range columns {
			top := a[u.a] + u.share*(a[u.b]-a[u.a])
			bottom := b[u.a] + u.share*(b[u.b]-b[u.a])
			dst[y*w+x] = top + v.share*(bottom-top)
		}
	}
}

// aligned are the positions among n cells of pixels whose first and last lie on
// the first and the last cell.
func aligned(positions []float32, n int) {
	for i := range positions {
		positions[i] = float32(float64(i) * float64(n-1) / float64(max(len(positions)-1, 1)))
	}
}
