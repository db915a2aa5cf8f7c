package library

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Ultralytics writes names as str(dict) does, which is Python and not JSON:
// {0: 'tench', 1: "jack-o'-lantern"}. These readers know dictionaries and
// lists of strings and numbers, nothing nested.

func pythonDict(s string) (map[string]string, error) {
	p := literal{rest: s}
	out := map[string]string{}
	err := p.items('{', '}', func() error {
		key, err := p.scalar()
		if err != nil {
			return err
		}
		if err := p.expect(':'); err != nil {
			return err
		}
		value, err := p.scalar()
		if err != nil {
			return err
		}
		out[key] = value
		return nil
	})
	return out, err
}

func pythonList(s string) ([]string, error) {
	p := literal{rest: s}
	var out []string
	err := p.items('[', ']', func() error {
		v, err := p.scalar()
		out = append(out, v)
		return err
	})
	return out, err
}

// literal reads a Python literal from the front of rest.
type literal struct {
	rest  string
	count int
}

func (p *literal) space() { p.rest = strings.TrimLeft(p.rest, " \t\r\n") }

func (p *literal) expect(c byte) error {
	p.space()
	if p.rest == "" || p.rest[0] != c {
		return fmt.Errorf("%q is wanted before %q", c, clean(p.rest[:min(len(p.rest), 20)], 20))
	}
	p.rest = p.rest[1:]
	return nil
}

// items reads open, elements between commas, and shut.
func (p *literal) items(open, shut byte, each func() error) error {
	if err := p.expect(open); err != nil {
		return err
	}
	for {
		if p.expect(shut) == nil {
			return nil
		}
		if p.count++; p.count > maxLabels {
			return fmt.Errorf("more than %d labels", maxLabels)
		}
		if err := each(); err != nil {
			return err
		}
		if p.expect(',') != nil {
			return p.expect(shut)
		}
	}
}

// scalar is a string or a number, as text.
func (p *literal) scalar() (string, error) {
	p.space()
	if p.rest == "" {
		return "", fmt.Errorf("it ends too early")
	}
	quote := p.rest[0]
	if quote != '\'' && quote != '"' {
		n := strings.IndexAny(p.rest, ",:]} \t\r\n")
		if n <= 0 {
			return "", fmt.Errorf("a value is wanted before %q", clean(p.rest[:min(len(p.rest), 20)], 20))
		}
		word := p.rest[:n]
		if _, err := strconv.ParseFloat(word, 64); err != nil {
			return "", fmt.Errorf("%q is neither a string nor a number", clean(word, 20))
		}
		p.rest = p.rest[n:]
		return word, nil
	}
	p.rest = p.rest[1:]
	var b strings.Builder
	for p.rest != "" {
		if p.rest[0] == quote {
			p.rest = p.rest[1:]
			return b.String(), nil
		}
		// UnquoteChar knows the escapes that Python shares with Go.
		if p.rest[0] == '\\' {
			if len(p.rest) > 1 && (p.rest[1] == '\'' || p.rest[1] == '"') {
				b.WriteByte(p.rest[1])
				p.rest = p.rest[2:]
				continue
			}
			r, _, tail, err := strconv.UnquoteChar(p.rest, 0)
			if err != nil {
				return "", fmt.Errorf("an escape that is not known: %q", clean(p.rest[:min(len(p.rest), 10)], 10))
			}
			b.WriteRune(r)
			p.rest = tail
			continue
		}
		_, n := utf8.DecodeRuneInString(p.rest)
		b.WriteString(p.rest[:n])
		p.rest = p.rest[n:]
	}
	return "", fmt.Errorf("a string has no end")
}
