package grad

// Shares are the parts of a region in which each class of a segmentation is the
// best (of one class: in which its logit is above 0), for one sample's map. mask
// is as of ReadRegion.
func (o Outputs) Shares(logits []float32, mask []float32) []float64 {
	places, n := o.Height*o.Width, o.Classes
	shares := make([]float64, n)
	if len(logits) != n*places {
		return shares
	}
	best, all := o.Best(logits), 0.0
	for i, c := range best {
		weight := 1.0
		if mask != nil {
			weight = float64(mask[i])
		}
		all += weight
		if c >= 0 {
			shares[c] += weight
		}
	}
	for c := range shares {
		if all > 0 {
			shares[c] /= all
		}
	}
	return shares
}

// Best is the best class at each place of a segmentation's map, -1 where there is
// none: of one class, where its logit is not above 0. The lengths must fit.
func (o Outputs) Best(logits []float32) []int {
	places, n := o.Height*o.Width, o.Classes
	at := func(c, i int) float32 {
		if o.Last {
			return logits[i*n+c]
		}
		return logits[c*places+i]
	}
	best := make([]int, places)
	for i := range best {
		if n == 1 && !(at(0, i) > 0) {
			best[i] = -1
		}
		for c := range n {
			if at(c, i) > at(max(best[i], 0), i) {
				best[i] = c
			}
		}
	}
	return best
}
