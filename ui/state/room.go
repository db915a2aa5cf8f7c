package state

import "strconv"

// Room says how much of the window the stage has.
type Room struct {
	// Wide leaves the sides out.
	Wide bool
	// Strip is how high the filmstrip is.
	Strip StripRoom
}

// StripRoom is how high the filmstrip is.
type StripRoom int

// The filmstrip is low where the panes would else be small, or as the person
// wants it.
const (
	StripFits StripRoom = iota
	StripLow
	StripHigh
)

// Low says whether the filmstrip is low, where by itself it would be or not.
func (r Room) Low(fits bool) bool {
	switch {
	case r.Strip == StripHigh:
		return false
	case r.Strip == StripLow:
		return true
	}
	return fits
}

type (
	// RoomToggled leaves the sides of the window out, or shows them again.
	RoomToggled struct{}
	// StripFolded makes the filmstrip low or high.
	StripFolded struct{ Low bool }
)

func (RoomToggled) msg() {}
func (StripFolded) msg() {}

// The settings by which the room is kept for the next start.
const (
	WideKey  = "wide"
	StripKey = "strip"
)

func (u *update) room(m Msg) {
	switch m := m.(type) {
	case RoomToggled:
		u.Room.Wide = !u.Room.Wide
		u.do(Remember{Key: WideKey, Value: strconv.FormatBool(u.Room.Wide)})
	case StripFolded:
		u.Room.Strip = StripHigh
		if m.Low {
			u.Room.Strip = StripLow
		}
		u.do(Remember{Key: StripKey, Value: strconv.Itoa(int(u.Room.Strip))})
	}
}

// ReadRoom is the room that was remembered; what cannot be read is the usual.
func ReadRoom(wide, strip string) Room {
	r := Room{Wide: wide == "true"}
	if n, err := strconv.Atoi(strip); err == nil && n >= int(StripFits) && n <= int(StripHigh) {
		r.Strip = StripRoom(n)
	}
	return r
}
