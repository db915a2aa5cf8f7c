package method

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"seewhy/analysis/task"
)

// FactChannel is the channel that a view shows, from 1; FactChannelShare is what
// it adds to the score to first order, the sum of its activation times gradient.
const (
	FactChannel      = "channel"
	FactChannelShare = "channel-contribution"
)

// topChannels is how many channels a note names.
const topChannels = 5

func init() {
	Register(Method{
		Spec: Spec{
			ID: "channel", Title: "One channel", Family: FamilyLayer,
			Summary: "A layer's activation in one channel, and which channels speak most for the class.",
			Paper:   "Zeiler and Fergus, Visualizing and Understanding Convolutional Networks, ECCV 2014, section 4",
			Needs:   Needs{Layer: true, LayerGradient: true},
			Params: []Param{
				{ID: "channel", Title: "Channel", Help: "Which channel, from 1; 0 is the one that adds most to the score.", Max: 1 << 16, Step: 1},
			},
		},
		Explain: channelView,
	})
}

// channelView: map = A_k, where k = argmax_k sum_ij G_kij A_kij if none is chosen.
func channelView(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
	p.Report(0, "Forward and backward pass")
	if len(r.layers()) > 1 {
		return Attribution{}, fmt.Errorf("this method shows one layer at a time; choose one")
	}
	out, err := s.Gradient(ctx, r.Input, r.Score, GradientQuery{Layers: []string{r.Layer}})
	if err != nil {
		return Attribution{}, err
	}
	at := out.Layers[r.Layer]
	channels, cells := at.A.Shape[1], at.A.Shape[2]*at.A.Shape[3]
	shares, order := make([]float64, channels), make([]int, channels)
	for i, a := range at.A.Data {
		shares[i/cells] += float64(a) * float64(at.G.Data[i])
	}
	for k := range order {
		order[k] = k
		if math.IsNaN(shares[k]) {
			return Attribution{}, fmt.Errorf("channel %d of the layer is not finite", k+1)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(shares[b], shares[a]) })
	k := int(r.Params["channel"]) - 1
	if k < 0 {
		k = order[0]
	}
	if k >= channels {
		return Attribution{}, fmt.Errorf("channel %d: the layer has %d", k+1, channels)
	}
	values := make([]float64, cells)
	for i, v := range at.A.Data[k*cells : (k+1)*cells] {
		values[i] = float64(v)
	}
	a := Attribution{Map: mapOf(at.A, values), Facts: []task.Fact{{ID: FactChannel, Value: float64(k + 1)}, {ID: FactChannelShare, Value: shares[k]}}}
	a.Map.Quantity = "Activation"
	a.Map.Signed = slices.Min(values) < 0
	var names []string
	for _, c := range order[:min(topChannels, channels)] {
		names = append(names, fmt.Sprintf("%d (%+.3g)", c+1, shares[c]))
	}
	a.Notes = []task.Note{
		{Key: "Channel %d of %d; to first order it adds %.4g to the score.", Args: []any{k + 1, channels, shares[k]}},
		{Key: "The channels that add most to the score: %s.", Args: []any{strings.Join(names, ", ")}},
	}
	p.Report(1, "Done")
	return a, nil
}
