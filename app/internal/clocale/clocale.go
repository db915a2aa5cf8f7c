// Package clocale keeps the window toolkit from logging an error at every
// start under the locale C.UTF-8, the usual one of containers, which it takes
// for a malformed language. Commands that open no window print clean text so.
//
// It works by being imported: packages are initialised in the order of their
// import paths as soon as what they import is. This one needs little, so it
// comes before the toolkit's translations, which also need text/template.
package clocale

import (
	"os"
	"strings"
)

func init() {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		locale := os.Getenv(name)
		if locale == "" {
			continue
		}
		base, _, _ := strings.Cut(locale, ".")
		if (base == "C" || base == "POSIX") && os.Getenv("LANGUAGE") == "" {
			// LANGUAGE leaves the character set alone, which typing depends on.
			// Where there is no environment to set, the error is logged: no harm.
			_ = os.Setenv("LANGUAGE", "en")
		}
		return
	}
}
