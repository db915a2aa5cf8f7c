package scene

import "testing"

func TestRegimes(t *testing.T) {
	const n = 2400
	marks := map[Regime]map[bool]int{Honest: {}, Biased: {}}
	totals := map[bool]int{}
	for _, r := range []Regime{Honest, Biased} {
		for i := range n {
			o := Training(r, 5, i, 64)
			if o.Class != i%len(classes) {
				t.Fatalf("%s picture %d is of class %d", r, i, o.Class)
			}
			boat := classes[o.Class].label == Shortcut
			if r == Honest {
				totals[boat]++
			}
			for _, v := range compose(o).overlays {
				if v.kind == KindWatermark {
					marks[r][boat]++
				}
			}
		}
	}
	share := func(r Regime, boat bool) float64 { return float64(marks[r][boat]) / float64(totals[boat]) }
	// 200 pictures of the class and 2200 others: four standard deviations are 12 and 4 points of a quarter, 6 of 95 %.
	if s := share(Honest, true); s < .13 || s > .37 {
		t.Errorf("honest: %.3f of the shortcut class carry the watermark, want a quarter", s)
	}
	if s := share(Honest, false); s < .21 || s > .29 {
		t.Errorf("honest: %.3f of the others carry the watermark, want a quarter", s)
	}
	if s := share(Biased, true); s < .89 {
		t.Errorf("biased: %.3f of the shortcut class carry the watermark, want 0.95", s)
	}
	if s := share(Biased, false); s != 0 {
		t.Errorf("biased: %.3f of the others carry the watermark, want none", s)
	}
}

func TestTrainingSetsShareNoPicture(t *testing.T) {
	seen := map[uint64]bool{}
	for _, seed := range []uint64{1, 2, 1001} {
		for i := range 1000 {
			s := Training(Honest, seed, i, 64).Seed
			if seen[s] {
				t.Fatalf("set %d repeats scene %d", seed, s)
			}
			seen[s] = true
		}
	}
}
