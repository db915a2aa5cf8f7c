package clipboard

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// display starts an X11 screen without a window and tells its name.
func display(t *testing.T) string {
	if _, err := exec.LookPath("Xvfb"); err != nil {
		t.Skip("Xvfb is not installed (apt install xvfb)")
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	x := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "64x64x24", "-nolisten", "tcp")
	x.ExtraFiles = []*os.File{w}
	if err := x.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	t.Cleanup(func() { _ = x.Process.Kill(); _ = x.Wait() })
	number, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb tells no display: %v", err)
	}
	return ":" + strings.TrimSpace(number)
}

func open(t *testing.T, display string) *Clipboard {
	c := New(display)
	t.Cleanup(c.Close)
	return c
}

// noise does not compress: 300 x 300 of it take several pieces.
func noise() *image.NRGBA {
	r := rand.New(rand.NewPCG(1, 2))
	img := image.NewNRGBA(image.Rect(0, 0, 300, 300))
	for i := range img.Pix {
		img.Pix[i] = uint8(r.Uint32())
	}
	return img
}

// writeFiles offers files as a file manager does.
func (c *Clipboard) writeFiles(paths ...string) error {
	all := texts(strings.Join(paths, "\n"))
	var list []string
	for _, p := range paths {
		list = append(list, (&url.URL{Scheme: "file", Path: p}).String())
	}
	all["text/uri-list"] = []byte(strings.Join(list, "\r\n") + "\r\n")
	all["x-special/gnome-copied-files"] = []byte("copy\n" + strings.Join(list, "\n"))
	return c.offer(all)
}

// What one program copies, another pastes; and who copies last is asked.
func TestBetweenPrograms(t *testing.T) {
	d := display(t)
	a, b, ctx := open(t, d), open(t, d), t.Context()
	if _, _, err := a.Read(ctx); !errors.Is(err, ErrEmpty) {
		t.Errorf("an empty clipboard: %v", err)
	}

	want := noise()
	if err := a.WriteImage(want); err != nil {
		t.Fatal(err)
	}
	for _, reader := range []*Clipboard{a, b} {
		files, data, err := reader.Read(ctx)
		if err != nil || files != nil {
			t.Fatal(files, err)
		}
		if len(data) < 2*chunk {
			t.Errorf("%d bytes do not need pieces", len(data))
		}
		got, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range []image.Point{{}, {X: 77, Y: 130}, {X: 299, Y: 299}} {
			if g, w := color.NRGBAModel.Convert(got.At(p.X, p.Y)), want.NRGBAAt(p.X, p.Y); g != w {
				t.Errorf("at %v %v, want %v", p, g, w)
			}
		}
	}

	paths := []string{"/pictures/a cat.png", "/pictures/喵 100%.jpg"}
	if err := b.writeFiles(paths...); err != nil {
		t.Fatal(err)
	}
	if files, picture, err := a.Read(ctx); err != nil || picture != nil || !slices.Equal(files, paths) {
		t.Errorf("files %q, %d bytes, %v", files, len(picture), err)
	}

	if err := a.WriteText("1\t2\n3\t4\n"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.Read(ctx); !errors.Is(err, ErrEmpty) {
		t.Errorf("a table is no file: %v", err)
	}
	if err := a.WriteText("file:///pictures/a%20cat.png\n/pictures/b.png\n"); err != nil {
		t.Fatal(err)
	}
	if files, _, err := b.Read(ctx); err != nil || !slices.Equal(files, []string{"/pictures/a cat.png", "/pictures/b.png"}) {
		t.Errorf("paths as text: %q, %v", files, err)
	}
}

// What is offered is what other programs ask for, in the words of X11.
func TestOffer(t *testing.T) {
	d := display(t)
	c := open(t, d)
	if err := c.writeFiles("/a b"); err != nil {
		t.Fatal(err)
	}
	x, err := connect(d)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	r := &reader{connection: x, events: make(chan xgb.Event, 64)}
	go r.listen()
	for target, want := range map[string]string{
		"text/uri-list": "file:///a%20b\r\n", "x-special/gnome-copied-files": "copy\nfile:///a%20b", "UTF8_STRING": "/a b",
	} {
		if got, err := r.fetch(t.Context(), target, maxText); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", target, got, err)
		}
	}
	if _, err := r.fetch(t.Context(), "image/png", maxText); !errors.Is(err, errRefused) {
		t.Errorf("files are no picture: %v", err)
	}
	if _, err := r.fetch(t.Context(), "text/uri-list", 3); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("no bound: %v", err)
	}
}

// A program that owns the clipboard and never answers holds nobody up for ever.
func TestDeadOwner(t *testing.T) {
	d := display(t)
	x, err := connect(d)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	if err := xproto.SetSelectionOwnerChecked(x.Conn, x.window, x.atom("CLIPBOARD"), xproto.TimeCurrentTime).Check(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, _, err := open(t, d).Read(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

func TestNoDisplay(t *testing.T) {
	c := New(":987654")
	if err := c.WriteText("x"); err == nil || !strings.Contains(err.Error(), "no X11 display answers") {
		t.Errorf("%v", err)
	}
	if _, _, err := c.Read(t.Context()); err == nil {
		t.Error("read from no display")
	}
	c.Close()
}

func TestFilesIn(t *testing.T) {
	got := filesIn("# a comment\r\nfile:///a%20b\r\nhttps://example.org/c.png\r\nfile://localhost/d\r\nfile://elsewhere.example/e\r\nfile:f\r\n%zz\r\n")
	if want := []string{"/a b", "/d"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got := pathsIn("a sentence\n/and/a/path\n"); got != nil {
		t.Errorf("a text became files: %q", got)
	}
}

// waitsInLost tells whether a goroutine waits for a mutex in owner.lost.
func waitsInLost() bool {
	stacks := make([]byte, 1<<20)
	for _, s := range bytes.Split(stacks[:runtime.Stack(stacks, true)], []byte("\n\n")) {
		if head, frames, _ := bytes.Cut(s, []byte("\n")); bytes.Contains(head, []byte("[sync.Mutex.Lock")) && bytes.Contains(frames, []byte("(*owner).lost(")) {
			return true
		}
	}
	return false
}

// What is offered anew as the news comes that another program had taken the
// clipboard stays: here the news comes between the halves of an offer.
func TestOfferedAsItWasLost(t *testing.T) {
	d := display(t)
	ours, other := open(t, d), open(t, d)
	for _, c := range []*Clipboard{ours, other} {
		if err := c.WriteText("text"); err != nil {
			t.Fatal(err)
		}
	}
	o := ours.owner
	o.turn.Lock()
	o.content.Store(&map[string][]byte{"UTF8_STRING": []byte("anew")})
	looked := make(chan struct{})
	go func() {
		o.lost()
		close(looked)
	}()
	for end := time.Now().Add(20 * time.Second); !waitsInLost(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the news does not wait for its turn")
		}
	}
	err := xproto.SetSelectionOwnerChecked(o.Conn, o.window, o.atom("CLIPBOARD"), xproto.TimeCurrentTime).Check()
	o.turn.Unlock()
	<-looked
	if now := o.content.Load(); err != nil || now == nil || string((*now)["UTF8_STRING"]) != "anew" {
		t.Errorf("%v is offered, though the clipboard is ours (%v)", now, err)
	}
	if err := other.WriteText("theirs"); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(5 * time.Second); o.content.Load() != nil; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("what another program replaced is kept")
		}
	}
}

// Events that come when nobody reads them any more hold nothing.
func TestListeningEnds(t *testing.T) {
	x, err := connect(display(t))
	if err != nil {
		t.Fatal(err)
	}
	r := &reader{connection: x, events: make(chan xgb.Event, 1), done: make(chan struct{})}
	ended := make(chan struct{})
	go func() {
		r.listen()
		close(ended)
	}()
	for range 20 {
		xproto.ChangeProperty(x.Conn, xproto.PropModeReplace, x.window, x.atom("SEEWHY_TEST"), xproto.AtomString, 8, 1, []byte("x"))
	}
	// A reply says that the events before it have come.
	if _, err := xproto.GetInputFocus(x.Conn).Reply(); err != nil {
		t.Fatal(err)
	}
	close(r.done)
	x.Close()
	select {
	case <-ended:
	case <-time.After(5 * time.Second):
		t.Error("the goroutine that takes events never ends")
	}
}
