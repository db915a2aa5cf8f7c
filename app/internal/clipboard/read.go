package clipboard

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// Bounds on what another program may hand over.
const (
	maxPicture = 256 << 20
	maxText    = 4 << 20
)

// pictureTargets are the kinds of pictures that are taken, best first.
var pictureTargets = []string{"image/png", "image/tiff", "image/webp", "image/jpeg", "image/bmp", "image/gif"}

var errRefused = errors.New("the program that holds the clipboard does not hand it over")

// Read takes what is in the clipboard: the files that were copied in a file
// manager or whose paths were copied as text, or else a picture, as the bytes
// of a PNG, TIFF, WebP, JPEG, BMP or GIF file. With neither it fails with
// ErrEmpty. Whether the files exist and what they are is not looked at.
func (c *Clipboard) Read(ctx context.Context) (files []string, picture []byte, err error) {
	x, err := connect(c.display)
	if err != nil {
		return nil, nil, err
	}
	defer x.Close()
	r := &reader{connection: x, events: make(chan xgb.Event, 64), done: make(chan struct{})}
	defer close(r.done)
	go r.listen()
	owner, err := xproto.GetSelectionOwner(x.Conn, r.atom("CLIPBOARD")).Reply()
	if err != nil {
		return nil, nil, fmt.Errorf("clipboard: %w", err)
	}
	if owner.Owner == xproto.WindowNone {
		return nil, nil, ErrEmpty
	}
	has, err := r.targets(ctx)
	if err != nil {
		return nil, nil, err
	}
	if has["text/uri-list"] {
		list, err := r.fetch(ctx, "text/uri-list", maxText)
		if files := filesIn(string(list)); err == nil && len(files) > 0 {
			return files, nil, nil
		}
	}
	for _, target := range pictureTargets {
		if has[target] {
			picture, err := r.fetch(ctx, target, maxPicture)
			if err == nil && len(picture) == 0 {
				err = ErrEmpty
			}
			return nil, picture, err
		}
	}
	if has["UTF8_STRING"] {
		text, err := r.fetch(ctx, "UTF8_STRING", maxText)
		if files := pathsIn(string(text)); err == nil && len(files) > 0 {
			return files, nil, nil
		}
	}
	return nil, nil, ErrEmpty
}

// reader asks the program that holds the clipboard.
type reader struct {
	*connection
	events chan xgb.Event
	// done says that nobody takes events any more.
	done chan struct{}
}

func (r *reader) listen() {
	defer close(r.events)
	for {
		e, err := r.WaitForEvent()
		if e == nil && err == nil {
			return
		}
		if e != nil {
			select {
			case r.events <- e:
			case <-r.done:
			}
		}
	}
}

// targets are the names of what is offered.
func (r *reader) targets(ctx context.Context) (map[string]bool, error) {
	list, err := r.fetch(ctx, "TARGETS", 4096)
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for at := 0; at+4 <= len(list); at += 4 {
		out[r.name(xproto.Atom(binary.LittleEndian.Uint32(list[at:])))] = true
	}
	return out, nil
}

// fetch asks for one kind of what is offered, of at most so many bytes.
func (r *reader) fetch(ctx context.Context, target string, limit int) ([]byte, error) {
	into, kind := r.atom("SEEWHY_PASTE"), r.atom(target)
	xproto.DeleteProperty(r.Conn, r.window, into)
	xproto.ConvertSelection(r.Conn, r.window, r.atom("CLIPBOARD"), kind, into, xproto.TimeCurrentTime)
	for {
		e, err := r.wait(ctx)
		if err != nil {
			return nil, err
		}
		if n, ok := e.(xproto.SelectionNotifyEvent); ok && n.Target == kind {
			if n.Property == xproto.AtomNone {
				return nil, errRefused
			}
			break
		}
	}
	data, as, err := r.take(into, limit)
	if err != nil || as != r.atom("INCR") {
		return data, err
	}
	// In pieces: each is there when the one before has been taken away.
	data = nil
	for {
		e, err := r.wait(ctx)
		if err != nil {
			return nil, err
		}
		if n, ok := e.(xproto.PropertyNotifyEvent); !ok || n.Atom != into || n.State != xproto.PropertyNewValue {
			continue
		}
		piece, _, err := r.take(into, limit-len(data))
		if err != nil || len(piece) == 0 {
			return data, err
		}
		data = append(data, piece...)
	}
}

// take reads what lies in a property of the window and deletes it.
func (r *reader) take(property xproto.Atom, limit int) (data []byte, kind xproto.Atom, err error) {
	const words = 1 << 14 // of four bytes
	for {
		p, err := xproto.GetProperty(r.Conn, false, r.window, property, xproto.GetPropertyTypeAny, uint32(len(data)/4), words).Reply()
		if err != nil {
			return nil, 0, fmt.Errorf("clipboard: %w", err)
		}
		if len(data)+len(p.Value)+int(p.BytesAfter) > limit {
			return nil, 0, fmt.Errorf("what is in the clipboard is larger than %d MB", max(limit>>20, 1))
		}
		data, kind = append(data, p.Value...), p.Type
		if p.BytesAfter == 0 || len(p.Value) == 0 {
			xproto.DeleteProperty(r.Conn, r.window, property)
			return data, kind, nil
		}
	}
}

// wait is the next event; it fails where none comes in time.
func (r *reader) wait(ctx context.Context) (xgb.Event, error) {
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case e, open := <-r.events:
		if !open {
			return nil, errors.New("clipboard: the display closed the connection")
		}
		return e, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-late.C:
		return nil, fmt.Errorf("the program that holds the clipboard does not answer within %v", patience)
	}
}
