// Package xdnd drops files on a window of an X11 screen the way a file manager
// does, so that a test can drive the real program.
//
//	err := xdnd.Drop(":7", window, 400, 300, []string{"/tmp/cat.png"})
//
// It plays the source of the XDND protocol, version 5:
// https://www.freedesktop.org/wiki/Specifications/XDND/
package xdnd

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

const version = 5

// patience bounds each wait for the target's answer.
const patience = 5 * time.Second

// source is one drag in the making.
type source struct {
	conn   *xgb.Conn
	root   xproto.Window
	window xproto.Window
	target xproto.Window
	atoms  map[string]xproto.Atom
	events chan xgb.Event
	list   string
}

// Drop drags files over the target window on a display such as ":7" and lets
// go at the point x, y of the screen. It fails where the target does not take
// them or does not answer.
func Drop(display string, target uint32, x, y int16, paths []string) error {
	conn, err := xgb.NewConnDisplay(display)
	if err != nil {
		return fmt.Errorf("xdnd: display %s: %w", display, err)
	}
	defer conn.Close()
	s := &source{conn: conn, target: xproto.Window(target), atoms: map[string]xproto.Atom{}, events: make(chan xgb.Event, 64), list: uriList(paths)}
	if err := s.prepare(); err != nil {
		return err
	}
	go s.listen()
	return s.drag(x, y)
}

// uriList is the text/uri-list of RFC 2483: one escaped URI a line.
func uriList(paths []string) string {
	var b strings.Builder
	for _, p := range paths {
		u := url.URL{Scheme: "file", Path: p}
		b.WriteString(u.String() + "\r\n")
	}
	return b.String()
}

func (s *source) prepare() error {
	screen := xproto.Setup(s.conn).DefaultScreen(s.conn)
	s.root = screen.Root
	for _, name := range []string{
		"XdndAware", "XdndSelection", "XdndEnter", "XdndPosition", "XdndStatus", "XdndDrop", "XdndFinished", "XdndLeave", "XdndActionCopy", "text/uri-list",
	} {
		reply, err := xproto.InternAtom(s.conn, false, uint16(len(name)), name).Reply()
		if err != nil {
			return fmt.Errorf("xdnd: atom %s: %w", name, err)
		}
		s.atoms[name] = reply.Atom
	}
	aware, err := xproto.GetProperty(s.conn, false, s.target, s.atoms["XdndAware"], xproto.AtomAny, 0, 1).Reply()
	if err != nil {
		return fmt.Errorf("xdnd: window %d: %w", s.target, err)
	}
	if aware.ValueLen == 0 {
		return fmt.Errorf("xdnd: window %d takes no drops: it has no XdndAware", s.target)
	}
	if s.window, err = xproto.NewWindowId(s.conn); err != nil {
		return err
	}
	err = xproto.CreateWindowChecked(s.conn, screen.RootDepth, s.window, s.root, -10, -10, 1, 1, 0, xproto.WindowClassInputOutput, screen.RootVisual, 0, nil).Check()
	if err != nil {
		return err
	}
	return xproto.SetSelectionOwnerChecked(s.conn, s.window, s.atoms["XdndSelection"], xproto.TimeCurrentTime).Check()
}

// listen hands events over and answers requests for the data at once.
func (s *source) listen() {
	defer close(s.events)
	for {
		e, err := s.conn.WaitForEvent()
		if e == nil && err == nil {
			return
		}
		if r, ok := e.(xproto.SelectionRequestEvent); ok {
			s.deliver(r)
		} else if e != nil {
			s.events <- e
		}
	}
}

// deliver writes the list of files where the target asked for it.
func (s *source) deliver(r xproto.SelectionRequestEvent) {
	property := r.Property
	if r.Target == s.atoms["text/uri-list"] {
		xproto.ChangeProperty(s.conn, xproto.PropModeReplace, r.Requestor, r.Property, r.Target, 8, uint32(len(s.list)), []byte(s.list))
	} else {
		property = xproto.AtomNone
	}
	notify := xproto.SelectionNotifyEvent{Time: r.Time, Requestor: r.Requestor, Selection: r.Selection, Target: r.Target, Property: property}
	xproto.SendEvent(s.conn, false, r.Requestor, 0, string(notify.Bytes()))
}

func (s *source) drag(x, y int16) error {
	s.send("XdndEnter", version<<24, uint32(s.atoms["text/uri-list"]), 0, 0)
	point := uint32(uint16(x))<<16 | uint32(uint16(y))
	s.send("XdndPosition", 0, point, uint32(xproto.TimeCurrentTime), uint32(s.atoms["XdndActionCopy"]))
	status, err := s.wait("XdndStatus")
	if err != nil {
		return err
	}
	if status[1]&1 == 0 {
		s.send("XdndLeave", 0, 0, 0, 0)
		return errors.New("xdnd: the window does not accept files here")
	}
	s.send("XdndDrop", 0, uint32(xproto.TimeCurrentTime), 0, 0)
	_, err = s.wait("XdndFinished")
	return err
}

// send puts a client message to the target; the first of its five numbers is
// always the source window.
func (s *source) send(name string, data ...uint32) {
	raw := make([]byte, 32)
	raw[0], raw[1] = xproto.ClientMessage, 32
	binary.LittleEndian.PutUint32(raw[4:], uint32(s.target))
	binary.LittleEndian.PutUint32(raw[8:], uint32(s.atoms[name]))
	for i, v := range append([]uint32{uint32(s.window)}, data...) {
		binary.LittleEndian.PutUint32(raw[12+4*i:], v)
	}
	xproto.SendEvent(s.conn, false, s.target, 0, string(raw))
}

func (s *source) wait(name string) ([]uint32, error) {
	late := time.After(patience)
	for {
		select {
		case e, open := <-s.events:
			if !open {
				return nil, errors.New("xdnd: the connection to the display was closed")
			}
			if m, ok := e.(xproto.ClientMessageEvent); ok && m.Type == s.atoms[name] {
				return m.Data.Data32, nil
			}
		case <-late:
			return nil, fmt.Errorf("xdnd: no %s from window %d within %v", name, s.target, patience)
		}
	}
}
