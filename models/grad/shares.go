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
	at := func(c, i int) float32 {
		if o.Last {
			return logits[i*n+c]
		}
		return logits[c*places+i]
	}
	all := 0.0
	for i := range places {
		weight := 1.0
		if mask != nil {
			weight = float64(mask[i])
		}
		all += weight
		if n == 1 {
			if at(0, i) > 0 {
				shares[0] += weight
			}
			continue
		}
		best := 0
		for c := range n {
			if at(c, i) > at(best, i) {
				best = c
			}
		}
		shares[best] += weight
	}
	for c := range shares {
		if all > 0 {
			shares[c] /= all
		}
	}
	return shares
}
