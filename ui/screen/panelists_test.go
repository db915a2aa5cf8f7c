package screen

import (
	"testing"

	"seewhy/analysis/task"
)

func TestMethodsThatRunComeFirst(t *testing.T) {
	all := []task.MethodInfo{
		{ID: "rollout", Family: "Attention", Why: "no attention"},
		{ID: "gradcam", Family: "CAM"},
		{ID: "finercam", Family: "CAM", Why: "no"},
		{ID: "legrad", Family: "Attention", Why: "no attention"},
		{ID: "lime", Family: "Perturbation"},
	}
	var got string
	for _, m := range workingFirst(all) {
		got += m.ID + " "
	}
	if want := "gradcam finercam lime rollout legrad "; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if all[0].ID != "rollout" {
		t.Error("the model's own list is changed")
	}
}

func TestWhatIsSaidOfAllModelsIsSaidOnce(t *testing.T) {
	known := []task.KnownModel{{Source: "builtin", About: "a"}, {Source: "catalogue", About: "terms"}, {Source: "catalogue", About: "terms"}}
	for source, want := range map[string]string{"builtin": "", "catalogue": "terms", "recent": ""} {
		if got := commonAbout(known, source); got != want {
			t.Errorf("%s: %q, want %q", source, got, want)
		}
	}
	known[2].About = "others"
	if got := commonAbout(known, "catalogue"); got != "" {
		t.Errorf("%q is said of all", got)
	}
}
