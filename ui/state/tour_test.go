package state

import "testing"

func TestTourIsShownOnce(t *testing.T) {
	d := booted(t, Options{Tour: true})
	if d.Tour != 1 {
		t.Fatalf("step %d", d.Tour)
	}
	if c := must[Remember](d); c.Key != "toured" {
		t.Errorf("%+v", c)
	}
	if booted(t, Options{}).Tour != 0 {
		t.Error("it is shown again")
	}
	d.send(TourStepped{By: -1})
	if d.Tour != 1 {
		t.Errorf("step %d before the first", d.Tour)
	}
	for range TourSteps {
		d.send(TourStepped{By: 1})
	}
	if d.Tour != 0 {
		t.Errorf("it does not end: step %d", d.Tour)
	}
	d.send(TourStepped{By: 1})
	if d.Tour != 0 {
		t.Error("it begins by itself")
	}
	d.send(TourStarted{})
	d.send(TourStepped{By: 1})
	d.send(TourLeft{})
	if d.Tour != 0 {
		t.Error("it cannot be left")
	}
}
