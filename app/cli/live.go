package cli

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rivo/uniseg"

	"seewhy/analysis/task"
	"seewhy/assets/i18n"
)

// lineEvery is the time between two states of the line of progress.
const lineEvery = 100 * time.Millisecond

// live is a line on a terminal that tells how far a long explanation is, its
// error bar and the time left. Without a terminal, under --verbose, it says
// what is being done, once.
type live struct {
	shell *shell
	begun time.Time
	width int

	guard sync.Mutex
	what  string
	next  time.Time
	error string
	hint  string
}

func (s *shell) newLive() *live {
	return &live{shell: s, begun: time.Now(), next: time.Now().Add(lineEvery)}
}

// progress is a task.Progress.
func (l *live) progress(done float64, what string) {
	l.guard.Lock()
	defer l.guard.Unlock()
	if what != l.what {
		l.what = what
		if !terminal(l.shell.Stderr) {
			l.shell.say(i18n.T(what))
		}
	}
	now := time.Now()
	if !terminal(l.shell.Stderr) || now.Before(l.next) {
		return
	}
	l.next = now.Add(lineEvery)
	line := fmt.Sprintf("%s  %3.0f %%", i18n.T(what), 100*done)
	if l.error != "" {
		line += "  " + l.error
	}
	if passed := now.Sub(l.begun); done > 0 && done < 1 && passed > time.Second {
		left := time.Duration(float64(passed) * (1 - done) / done)
		line += "  " + i18n.T("%s left", left.Round(time.Second))
	}
	l.draw(line + l.hint)
}

// partial takes an estimate's error for the line.
func (l *live) partial(r task.Result) {
	l.guard.Lock()
	defer l.guard.Unlock()
	switch {
	case r.Surrogate != nil && len(r.Surrogate.Errors) > 0:
		l.error = i18n.T("± %.2g a segment at most", slices.Max(r.Surrogate.Errors))
	case r.Error != nil && len(r.Error.Values) > 0:
		sum := 0.0
		for _, v := range r.Error.Values {
			sum += float64(v)
		}
		l.error = i18n.T("± %.2g", sum/float64(len(r.Error.Values)))
	}
}

// offer tells that an interrupt keeps what is there.
func (l *live) offer() {
	l.guard.Lock()
	defer l.guard.Unlock()
	l.hint = "  " + i18n.T("(Ctrl-C keeps this)")
}

func (l *live) draw(line string) {
	line = printable(line)
	width := uniseg.StringWidth(line)
	l.shell.err.raw("\r" + line + strings.Repeat(" ", max(l.width-width, 0)))
	l.width = width
}

// end clears the line.
func (l *live) end() {
	l.guard.Lock()
	defer l.guard.Unlock()
	if l.width > 0 {
		l.draw("")
		l.shell.err.raw("\r")
	}
}
