package state

// TourSteps is how many steps the tour of the window has.
const TourSteps = 4

type (
	// TourStarted begins the tour, TourStepped goes on or back, TourLeft ends it.
	TourStarted struct{}
	TourStepped struct{ By int }
	TourLeft    struct{}
)

func (TourStarted) msg() {}
func (TourStepped) msg() {}
func (TourLeft) msg()    {}

// touring handles the tour. It is shown by itself once: whoever has seen its
// first step does not see it at the next start.
func (u *update) touring(m Msg) {
	switch m := m.(type) {
	case TourStarted:
		// It points at the sides too.
		u.Tour, u.Page.On, u.Room.Wide = 1, false, false
		u.cancel(&u.Page.job)
		u.unask()
		u.do(Remember{Key: "toured", Value: "yes"})
	case TourStepped:
		if u.Tour == 0 {
			return
		}
		u.Tour = max(u.Tour+m.By, 1)
		if u.Tour > TourSteps {
			u.Tour = 0
		}
	case TourLeft:
		u.Tour = 0
	}
}
