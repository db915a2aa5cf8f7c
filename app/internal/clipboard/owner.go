package clipboard

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jezek/xgb/xproto"
)

// chunk is how much goes over at once; the display takes 256 KiB in a request.
const chunk = 128 << 10

// stale is when a reader that stopped reading is forgotten.
const stale = time.Minute

// owner serves what was copied here to who pastes it.
type owner struct {
	*connection
	// turn is held while the selection is taken or its loss looked at, of which
	// neither may see the other half done; content is read without.
	turn    sync.Mutex
	content atomic.Pointer[map[string][]byte]
	// gone says that the display has closed the connection.
	gone  atomic.Bool
	saved chan struct{}
	ended chan struct{}

	// sending is of the serving goroutine.
	sending map[destination]*transfer
}

// destination is where a reader waits for pieces.
type destination struct {
	window   xproto.Window
	property xproto.Atom
}

// transfer is what is left to send in pieces (ICCCM 2.7.2).
type transfer struct {
	kind  xproto.Atom
	rest  []byte
	begun time.Time
}

func newOwner(display string) (*owner, error) {
	x, err := connect(display)
	if err != nil {
		return nil, err
	}
	o := &owner{connection: x, saved: make(chan struct{}, 1), ended: make(chan struct{}), sending: map[destination]*transfer{}}
	// Names are asked for before the events begin: a reply is waited for.
	for _, name := range []string{"CLIPBOARD", "TARGETS", "MULTIPLE", "ATOM_PAIR", "INCR", "CLIPBOARD_MANAGER", "SAVE_TARGETS"} {
		x.atom(name)
	}
	go o.serve()
	return o, nil
}

func (o *owner) offer(content map[string][]byte) error {
	for name := range content {
		o.atom(name)
	}
	o.turn.Lock()
	defer o.turn.Unlock()
	before := o.content.Swap(&content)
	clipboard := o.atom("CLIPBOARD")
	err := xproto.SetSelectionOwnerChecked(o.Conn, o.window, clipboard, xproto.TimeCurrentTime).Check()
	if err == nil {
		var now *xproto.GetSelectionOwnerReply
		if now, err = xproto.GetSelectionOwner(o.Conn, clipboard).Reply(); err == nil && now.Owner != o.window {
			err = errors.New("another program holds on to it")
		}
	}
	if err != nil {
		o.content.Store(before)
		return fmt.Errorf("the clipboard was not taken: %w", err)
	}
	return nil
}

func (o *owner) serve() {
	defer close(o.ended)
	for {
		e, err := o.WaitForEvent()
		if e == nil && err == nil {
			o.gone.Store(true)
			return
		}
		switch e := e.(type) {
		case xproto.SelectionRequestEvent:
			o.answer(e)
		case xproto.SelectionClearEvent:
			// Another program copies. What was ours is no longer needed.
			o.lost()
		case xproto.PropertyNotifyEvent:
			if e.State == xproto.PropertyDelete {
				o.next(destination{e.Window, e.Atom})
			}
		case xproto.SelectionNotifyEvent:
			select {
			case o.saved <- struct{}{}:
			default:
			}
		}
	}
}

// lost forgets what was offered, unless it has been offered anew meanwhile.
func (o *owner) lost() {
	o.turn.Lock()
	defer o.turn.Unlock()
	now, err := xproto.GetSelectionOwner(o.Conn, o.atom("CLIPBOARD")).Reply()
	if err != nil || now.Owner != o.window {
		o.content.Store(nil)
	}
}

func (o *owner) answer(r xproto.SelectionRequestEvent) {
	for d, t := range o.sending {
		if time.Since(t.begun) > stale {
			delete(o.sending, d)
		}
	}
	property := r.Property
	if property == xproto.AtomNone {
		// A reader of old: ICCCM 2.2.
		property = r.Target
	}
	done := false
	if r.Target == o.atom("MULTIPLE") && r.Property != xproto.AtomNone {
		done = o.several(r.Requestor, property)
	} else {
		done = o.put(r.Requestor, property, r.Target)
	}
	if !done {
		property = xproto.AtomNone
	}
	notify := xproto.SelectionNotifyEvent{Time: r.Time, Requestor: r.Requestor, Selection: r.Selection, Target: r.Target, Property: property}
	xproto.SendEvent(o.Conn, false, r.Requestor, 0, string(notify.Bytes()))
}

// put writes what a reader asked for to its window; false where it is not there.
func (o *owner) put(window xproto.Window, property, target xproto.Atom) bool {
	content := o.content.Load()
	if content == nil {
		return false
	}
	if target == o.atom("TARGETS") {
		all := binary.LittleEndian.AppendUint32(nil, uint32(target))
		all = binary.LittleEndian.AppendUint32(all, uint32(o.atom("MULTIPLE")))
		for name := range *content {
			all = binary.LittleEndian.AppendUint32(all, uint32(o.atom(name)))
		}
		xproto.ChangeProperty(o.Conn, xproto.PropModeReplace, window, property, xproto.AtomAtom, 32, uint32(len(all)/4), all)
		return true
	}
	data, ok := (*content)[o.name(target)]
	if !ok {
		return false
	}
	if len(data) <= chunk {
		xproto.ChangeProperty(o.Conn, xproto.PropModeReplace, window, property, target, 8, uint32(len(data)), data)
		return true
	}
	o.sending[destination{window, property}] = &transfer{kind: target, rest: data, begun: time.Now()}
	xproto.ChangeWindowAttributes(o.Conn, window, xproto.CwEventMask, []uint32{xproto.EventMaskPropertyChange})
	size := binary.LittleEndian.AppendUint32(nil, uint32(len(data)))
	xproto.ChangeProperty(o.Conn, xproto.PropModeReplace, window, property, o.atom("INCR"), 32, 1, size)
	return true
}

// next sends the next piece to a reader that has taken the last; one without
// length ends.
func (o *owner) next(d destination) {
	t := o.sending[d]
	if t == nil {
		return
	}
	n := min(len(t.rest), chunk)
	xproto.ChangeProperty(o.Conn, xproto.PropModeReplace, d.window, d.property, t.kind, 8, uint32(n), t.rest[:n])
	if t.rest = t.rest[n:]; n == 0 {
		delete(o.sending, d)
		if d.window != o.window {
			xproto.ChangeWindowAttributes(o.Conn, d.window, xproto.CwEventMask, []uint32{xproto.EventMaskNoEvent})
		}
	}
}

// several answers a list of pairs: a target, and the property to put it into
// (ICCCM 2.6.2). What is not there is marked in the list.
func (o *owner) several(window xproto.Window, property xproto.Atom) bool {
	const most = 64
	list, err := xproto.GetProperty(o.Conn, false, window, property, xproto.AtomAny, 0, 2*most).Reply()
	if err != nil || list.Format != 32 {
		return false
	}
	for at := 0; at+8 <= len(list.Value); at += 8 {
		target := xproto.Atom(binary.LittleEndian.Uint32(list.Value[at:]))
		into := xproto.Atom(binary.LittleEndian.Uint32(list.Value[at+4:]))
		if into == xproto.AtomNone || !o.put(window, into, target) {
			binary.LittleEndian.PutUint32(list.Value[at+4:], uint32(xproto.AtomNone))
		}
	}
	xproto.ChangeProperty(o.Conn, xproto.PropModeReplace, window, property, o.atom("ATOM_PAIR"), 32, uint32(len(list.Value)/4), list.Value)
	return true
}

// close lets a clipboard manager take a copy
// (https://www.freedesktop.org/wiki/ClipboardManager/), and ends.
func (o *owner) close() {
	if o.content.Load() != nil && !o.gone.Load() {
		manager, err := xproto.GetSelectionOwner(o.Conn, o.atom("CLIPBOARD_MANAGER")).Reply()
		if err == nil && manager.Owner != xproto.WindowNone {
			xproto.ConvertSelection(o.Conn, o.window, o.atom("CLIPBOARD_MANAGER"), o.atom("SAVE_TARGETS"), o.atom("SEEWHY_SAVED"), xproto.TimeCurrentTime)
			select {
			case <-o.saved:
			case <-o.ended:
			case <-time.After(patience / 5):
			}
		}
	}
	o.Close()
	<-o.ended
}
