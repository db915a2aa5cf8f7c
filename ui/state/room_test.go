package state

import "testing"

func TestRoomForThePanes(t *testing.T) {
	d := opened(t)
	d.send(RoomToggled{})
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
	if d.Undoable() != "" {
		t.Errorf("a step %q", d.Undoable())
	}
}
