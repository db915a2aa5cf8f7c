package library

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"seewhy/models/prep"

	"github.com/adrg/xdg"
)

// Choices are a user's own settings for one model; nil or empty leaves what
// Discover found.
type Choices struct {
	Preprocess *prep.Spec `json:"preprocess,omitempty"`
	Labels     []string   `json:"labels,omitempty"`
	LabelsFrom string     `json:"labelsFrom,omitempty"`
}

// Memory keeps Choices by the model's hash, and the models opened last, as
// small JSON files in Dir. Files are replaced as a whole, so several programs
// may share it; the last to write wins.
type Memory struct{ Dir string }

// UserMemory is the memory in the user's configuration.
func UserMemory() Memory { return Memory{filepath.Join(xdg.ConfigHome, "seewhy", "models")} }

// maxRecent is how many models Recent remembers.
const maxRecent = 20

var hexHash = regexp.MustCompile(`^[0-9a-f]{64}$`)

func (m Memory) file(hash string) (string, error) {
	if !hexHash.MatchString(hash) {
		return "", fmt.Errorf("%q is no SHA-256", clean(hash, 80))
	}
	return filepath.Join(m.Dir, hash+".json"), nil
}

// Load gives the choices for the model of that SHA-256; ok is false where
// there are none. A file that cannot be used is an error that names it; the
// caller can go on without.
func (m Memory) Load(hash string) (c Choices, ok bool, err error) {
	path, err := m.file(hash)
	if err != nil {
		return Choices{}, false, err
	}
	data, ok, err := readSmall(path)
	if err != nil || !ok {
		return Choices{}, false, err
	}
	if err := decodeJSON(path, data, &c); err != nil {
		return Choices{}, false, fmt.Errorf("remembered choices are left out: %w", err)
	}
	if c.Preprocess != nil {
		if err := c.Preprocess.Check(); err != nil {
			return Choices{}, false, fmt.Errorf("remembered choices are left out: %s: %w", path, err)
		}
	}
	if c.Labels, err = cleanLabels(path, c.Labels); err != nil {
		return Choices{}, false, fmt.Errorf("remembered choices are left out: %w", err)
	}
	c.LabelsFrom = clean(c.LabelsFrom, maxLabel)
	return c, true, nil
}

// Save remembers c for the model of that SHA-256; empty Choices forget.
func (m Memory) Save(hash string, c Choices) error {
	path, err := m.file(hash)
	if err != nil {
		return err
	}
	if c.Preprocess == nil && len(c.Labels) == 0 {
		if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
			return fmt.Errorf("remembered choices cannot be removed: %w", err)
		}
		return nil
	}
	if c.Preprocess != nil {
		if err := c.Preprocess.Check(); err != nil {
			return err
		}
	}
	data, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return fmt.Errorf("choices cannot be written: %w", err)
	}
	return writeAtomic(path, data)
}

func (m Memory) recentFile() string { return filepath.Join(m.Dir, "recent.json") }

// Recent lists the paths of the models opened last, newest first, at most 20;
// those that are gone are left out.
func (m Memory) Recent() ([]string, error) {
	data, ok, err := readSmall(m.recentFile())
	if err != nil || !ok {
		return nil, err
	}
	var paths []string
	if err := decodeJSON(m.recentFile(), data, &paths); err != nil {
		return nil, err
	}
	paths = slices.DeleteFunc(paths, func(p string) bool {
		st, err := os.Stat(p)
		return err != nil || !st.Mode().IsRegular()
	})
	return paths[:min(len(paths), maxRecent)], nil
}

// AddRecent puts path first. A list that cannot be read is begun anew.
func (m Memory) AddRecent(path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("recent models: %w", err)
	}
	old, _ := m.Recent()
	paths := append([]string{path}, slices.DeleteFunc(old, func(p string) bool { return p == path })...)
	data, err := json.MarshalIndent(paths[:min(len(paths), maxRecent)], "", "  ")
	if err != nil {
		return fmt.Errorf("recent models: %w", err)
	}
	return writeAtomic(m.recentFile(), data)
}
