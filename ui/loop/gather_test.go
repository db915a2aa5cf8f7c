package loop

import (
	"testing"
	"testing/synctest"
	"time"

	"seewhy/ui/session"
	"seewhy/ui/state"
)

func TestBatchesHoldWhatCameInTheirTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sent := make(chan state.StripMade, 10)
		g := &gatherer{send: func(m state.Msg) { sent <- m.(state.StripMade) }}
		begin := time.Now()
		for i := range 30 {
			g.label(state.ItemLabelled{Item: state.ItemID(i + 1)})
		}
		time.Sleep(labelBeat / 2)
		// A thumbnail is waited for; what is there goes with it.
		g.thumb(state.ThumbMade{Item: 7})
		m := <-sent
		if len(m.Labels) != 30 || len(m.Thumbs) != 1 || m.Labels[29].Item != 30 {
			t.Errorf("%d labels, %d thumbnails", len(m.Labels), len(m.Thumbs))
		}
		if spent := time.Since(begin); spent != labelBeat/2+thumbBeat {
			t.Errorf("after %v", spent)
		}
		begin = time.Now()
		g.label(state.ItemLabelled{Item: 9})
		if m := <-sent; len(m.Labels) != 1 || len(m.Thumbs) != 0 || time.Since(begin) != labelBeat {
			t.Errorf("%+v after %v", m, time.Since(begin))
		}
		// A thumbnail does not put off what is due before it.
		begin = time.Now()
		g.label(state.ItemLabelled{Item: 9})
		time.Sleep(labelBeat - thumbBeat/2)
		g.thumb(state.ThumbMade{Item: 7})
		if m := <-sent; len(m.Labels) != 1 || len(m.Thumbs) != 1 || time.Since(begin) != labelBeat {
			t.Errorf("%+v after %v", m, time.Since(begin))
		}
		g.flush()
		time.Sleep(time.Minute)
		select {
		case m := <-sent:
			t.Errorf("nothing was sent: %+v", m)
		default:
		}
	})
}

func TestEveryPictureIsAskedInTheBackground(t *testing.T) {
	e := fakeEngine()
	d := newDesk(t, e, nil)
	d.Start(state.Options{})
	d.until("heat", heat)
	d.Handle(state.FilesSorted{Images: []string{"/p/broken.png"}})
	d.Handle(state.FilterSet{Filter: state.Filter{Low: 0.01, Sort: session.ByConfidence}})
	d.until("every answer", func(s state.State) bool {
		known, all, on := s.Surveying()
		return known == 25 && all == 25 && !on
	})
	s := d.State()
	if s.FilmLen() != 24 {
		t.Errorf("%d pictures are shown", s.FilmLen())
	}
	for i := range s.FilmLen() - 1 {
		if a, b := s.FilmItem(i), s.FilmItem(i+1); a.Probability > b.Probability || a.Label == "" {
			t.Errorf("%q %g before %q %g", a.Label, a.Probability, b.Label, b.Probability)
		}
	}
	if s.Items[23].Thumb != nil {
		t.Error("a thumbnail was made far from the screen")
	}
}

func TestPicturesOffTheScreenGiveWay(t *testing.T) {
	e := fakeEngine()
	d := newDesk(t, e, nil)
	d.Start(state.Options{})
	d.until("heat", heat)
	e.Slow(time.Hour)
	d.Handle(state.MethodPicked{ID: "saliency"})
	d.until("work", func(s state.State) bool { return s.Panes[0].Work.What == "step" })
	d.survey(state.Survey{Wanted: []state.ThumbWant{{Item: 1, Ref: "gallery:a-1", Label: true}}})
	d.guard.Lock()
	d.begun = time.Now().Add(-time.Minute)
	d.guard.Unlock()
	time.Sleep(50 * time.Millisecond)
	d.guard.Lock()
	waits := len(d.surveys.wanted)
	d.guard.Unlock()
	if waits != 1 {
		t.Error("the person's work is not waited for")
	}
	e.Slow(0)
	d.Handle(state.Cancelled{})
	d.until("the picture's turn", func(state.State) bool {
		d.guard.Lock()
		defer d.guard.Unlock()
		return len(d.surveys.wanted) == 0
	})
}

// The page of settings looks at memory every two seconds for as long as it is
// open. Between the looks nothing is to be done.
func TestAnOpenPageOfSettingsLetsAnswersCome(t *testing.T) {
	d := newDesk(t, fakeEngine(), nil)
	d.Start(state.Options{})
	d.until("heat", heat)
	d.Handle(state.SettingsToggled{})
	d.until("the first look", func(s state.State) bool { return len(s.Page.Stores) > 0 || s.Page.Limit > 0 || s.Page.Memory.Free > 0 })
	d.until("rest between two looks", func(state.State) bool {
		d.guard.Lock()
		defer d.guard.Unlock()
		return d.busy == 0
	})
	d.survey(state.Survey{Wanted: []state.ThumbWant{{Item: 1, Ref: "gallery:a-1", Label: true}}})
	d.until("the picture's turn", func(state.State) bool {
		d.guard.Lock()
		defer d.guard.Unlock()
		return len(d.surveys.wanted) == 0
	})
}
