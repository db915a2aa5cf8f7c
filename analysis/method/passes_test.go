package method

import "testing"

func TestLighter(t *testing.T) {
	for id, want := range map[string]struct {
		passes Passes
		first  string
	}{
		"integratedgradients": {BackToInput, "gradcam"},
		"lrp":                 {BackToInput, "gradcam"},
		"gradcam":             {BackToLayer, "rise"},
		"legrad":              {BackToLayer, "rise"},
		"rise":                {ForwardOnly, ""},
	} {
		m, err := ByID(id)
		if err != nil {
			t.Fatal(err)
		}
		if p := m.Needs.Passes(); p != want.passes {
			t.Errorf("%s needs %d, want %d", id, p, want.passes)
		}
		list := Lighter(m)
		if (len(list) == 0) != (want.first == "") || len(list) > 0 && list[0].ID != want.first {
			t.Errorf("%s: %d lighter ones, the first should be %q", id, len(list), want.first)
		}
		seen := map[string]bool{}
		for i, l := range list {
			p := l.Needs.Passes()
			if p >= want.passes || i > 0 && p > list[i-1].Needs.Passes() || seen[l.ID] {
				t.Errorf("%s: %s at place %d needs %d", id, l.ID, i, p)
			}
			seen[l.ID] = true
		}
	}
}
