// Package clipboard is the clipboard of an X11 desktop, for what the window
// toolkit's cannot hold: pictures and files. Under Wayland it serves through
// XWayland, on which the window itself runs.
//
//	c := clipboard.New("")            // the display that DISPLAY names
//	err := c.WriteImage(picture)      // offered until something else is copied
//	files, picture, err := c.Read(ctx)
//
// On X11 a clipboard holds nothing: who copied is asked by who pastes. So what
// is written is served from here until the program ends; Close hands it to the
// desktop's clipboard manager, where one runs. The protocol is that of the
// Inter-Client Communication Conventions Manual, section 2, in Go alone:
// https://www.x.org/releases/current/doc/xorg-docs/icccm/icccm.html
package clipboard

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"sync"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// ErrEmpty says that the clipboard holds neither a picture nor files.
var ErrEmpty = errors.New("there is neither a picture nor a file in the clipboard")

// patience bounds each wait for another program's answer.
const patience = 5 * time.Second

// Clipboard is the desktop's clipboard. Its methods may be called from any
// goroutine; they wait for other programs, for seconds where one hangs.
type Clipboard struct {
	display string

	mu    sync.Mutex
	owner *owner
}

// New is the clipboard of a display such as ":7", or of the one that DISPLAY
// names where display is empty. It connects when it is first used.
func New(display string) *Clipboard { return &Clipboard{display: display} }

// WriteImage offers a picture, as PNG.
func (c *Clipboard) WriteImage(img image.Image) error {
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, img); err != nil {
		return fmt.Errorf("clipboard: %w", err)
	}
	return c.offer(map[string][]byte{"image/png": b.Bytes()})
}

// WriteText offers a text.
func (c *Clipboard) WriteText(text string) error {
	return c.offer(texts(text))
}

// texts are the names under which programs ask for a text.
func texts(text string) map[string][]byte {
	all := map[string][]byte{}
	for _, name := range []string{"UTF8_STRING", "text/plain;charset=utf-8", "text/plain", "STRING", "TEXT"} {
		all[name] = []byte(text)
	}
	return all
}

func (c *Clipboard) offer(content map[string][]byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.owner == nil || c.owner.gone.Load() {
		o, err := newOwner(c.display)
		if err != nil {
			return err
		}
		c.owner = o
	}
	return c.owner.offer(content)
}

// Close gives what is offered to the desktop's clipboard manager, so that it
// outlives the program, and ends.
func (c *Clipboard) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.owner != nil {
		c.owner.close()
		c.owner = nil
	}
}

// connection is a window of no size on a display, that selections are sent to.
type connection struct {
	*xgb.Conn
	window xproto.Window
	mu     sync.Mutex
	atoms  map[string]xproto.Atom
	names  map[xproto.Atom]string
}

func connect(display string) (*connection, error) {
	// What goes wrong is returned as well; the program's output is not for it.
	xgb.Logger.SetOutput(io.Discard)
	conn, err := xgb.NewConnDisplay(display)
	if err != nil {
		return nil, fmt.Errorf("the clipboard cannot be reached: no X11 display answers (%w)", err)
	}
	x := &connection{Conn: conn, atoms: map[string]xproto.Atom{}, names: map[xproto.Atom]string{}}
	screen := xproto.Setup(conn).DefaultScreen(conn)
	if x.window, err = xproto.NewWindowId(conn); err == nil {
		err = xproto.CreateWindowChecked(
			conn, screen.RootDepth, x.window, screen.Root, -10, -10, 1, 1, 0, xproto.WindowClassInputOutput, screen.RootVisual,
			xproto.CwEventMask, []uint32{xproto.EventMaskPropertyChange},
		).Check()
	}
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("clipboard: %w", err)
	}
	return x, nil
}

// atom is the number that the display gave a name; 0 where it gives none.
func (x *connection) atom(name string) xproto.Atom {
	x.mu.Lock()
	defer x.mu.Unlock()
	if a, ok := x.atoms[name]; ok {
		return a
	}
	reply, err := xproto.InternAtom(x.Conn, false, uint16(len(name)), name).Reply()
	if err != nil {
		return xproto.AtomNone
	}
	x.atoms[name], x.names[reply.Atom] = reply.Atom, name
	return reply.Atom
}

// name is the name of a number.
func (x *connection) name(a xproto.Atom) string {
	x.mu.Lock()
	defer x.mu.Unlock()
	if n, ok := x.names[a]; ok {
		return n
	}
	reply, err := xproto.GetAtomName(x.Conn, a).Reply()
	if err != nil {
		return ""
	}
	x.atoms[reply.Name], x.names[a] = a, reply.Name
	return reply.Name
}
