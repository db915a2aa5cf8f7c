package state

import "testing"

func TestRoomForThePanes(t *testing.T) {
	d := opened(t)
	d.send(RoomToggled{})
	if r := must[Remember](d); r != (Remember{Key: WideKey, Value: "true"}) {
		t.Errorf("remembered: %+v", r)
	}
	if !d.Room.Wide {
		t.Error("the sides stay")
	}
	d.send(RoomToggled{})
	if d.Room.Wide {
		t.Error("the sides do not come back")
	}
	// Without a word of the person the strip fits itself to the panes.
	if d.Room.Low(false) || !d.Room.Low(true) {
		t.Errorf("%+v", d.Room)
	}
	d.send(StripFolded{})
	if d.Room.Low(true) {
		t.Error("the strip folds itself again")
	}
	d.send(StripFolded{Low: true})
	if !d.Room.Low(false) {
		t.Error("the strip does not fold")
	}
	r := must[Remember](d)
	for strip, want := range map[string]StripRoom{r.Value: StripLow, "": StripFits, "2": StripHigh, "3": StripFits, "-1": StripFits, "x": StripFits} {
		if got := ReadRoom("true", strip); got != (Room{Wide: true, Strip: want}) || r.Key != StripKey {
			t.Errorf("%q is read as %+v", strip, got)
		}
	}
	if s, _ := New(Options{Room: Room{Wide: true, Strip: StripLow}}); !s.Room.Wide || !s.Room.Low(false) {
		t.Errorf("the next start has %+v", s.Room)
	}
	if d.Undoable() != "" {
		t.Errorf("a step %q", d.Undoable())
	}
}
