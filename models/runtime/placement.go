package runtime

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"seewhy/models/tensor"
)

// Placed is a node of the graph as the library runs it, after its
// optimisations, which join nodes and add others.
type Placed struct {
	Name, Op string
	// Device is the ID of the one that ran it; a provider without an ID is named
	// as the library does.
	Device string
}

// Placement runs a model once on feeds, as NewSession and Run would, and tells
// where each node ran, in the order in which they did: what a provider cannot
// do falls to the CPU. The library's own profile is read, since the C API has
// no question for it.
func (l *Library) Placement(ctx context.Context, model []byte, inputs, outputs []string, o Options, feeds []tensor.Tensor) ([]Placed, error) {
	dir, err := os.MkdirTemp("", "seewhy-placement-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	o.profile = filepath.Join(dir, "profile")
	s, err := l.NewSession(model, inputs, outputs, o)
	if err != nil {
		return nil, err
	}
	_, err = s.Run(ctx, feeds)
	// The file is written when the session ends.
	if closeErr := s.Close(); err != nil || closeErr != nil {
		return nil, cmp.Or(err, closeErr)
	}
	select {
	case <-s.freed:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	files, err := filepath.Glob(o.profile + "*")
	if err != nil || len(files) != 1 {
		return nil, fmt.Errorf("ONNX Runtime wrote %d profiles where 1 was expected", len(files))
	}
	data, err := os.ReadFile(files[0])
	if err != nil {
		return nil, err
	}
	return parseProfile(data, deviceID(o.Device))
}

// nodeSuffix ends the name of the event of a node's own work.
const nodeSuffix = "_kernel_time"

// parseProfile reads the events of nodes, an object a line, inside a list, of a
// session on a device.
func parseProfile(data []byte, device string) ([]Placed, error) {
	type event struct {
		Category string `json:"cat"`
		Name     string `json:"name"`
		Time     int64  `json:"ts"`
		Args     struct {
			Op       string `json:"op_name"`
			Provider string `json:"provider"`
		} `json:"args"`
	}
	var events []event
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		line := strings.TrimSuffix(strings.TrimSpace(lines.Text()), ",")
		if !strings.HasPrefix(line, "{") {
			continue
		}
		var e event
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			// A name of the model with a quotation mark in it does that.
			return nil, fmt.Errorf("ONNX Runtime's profile cannot be read: %w", err)
		}
		if e.Category == "Node" && e.Args.Provider != "" && strings.HasSuffix(e.Name, nodeSuffix) {
			events = append(events, e)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("ONNX Runtime's profile cannot be read: %w", err)
	}
	slices.SortStableFunc(events, func(a, b event) int { return cmp.Compare(a.Time, b.Time) })
	list := make([]Placed, len(events))
	for i, e := range events {
		list[i] = Placed{Name: strings.TrimSuffix(e.Name, nodeSuffix), Op: e.Args.Op, Device: providerDevice(e.Args.Provider, device)}
	}
	return list, nil
}

// providerDevice is the ID of the device that the library calls so. A provider
// of several devices does not tell which: it is the session's.
func providerDevice(provider, device string) string {
	name := strings.TrimSuffix(provider, "ExecutionProvider")
	if name == "Dml" {
		return "directml"
	}
	id := strings.ToLower(name)
	if kind, _, _ := strings.Cut(device, "-"); kind == id {
		return device
	}
	if id == CPU || providerOf(id).id != "" {
		return id
	}
	return provider
}
