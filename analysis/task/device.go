package task

import (
	"errors"

	"seewhy/models/prep"
)

// Memory is what a device computes in, in bytes.
type Memory struct {
	// Card names the card whose own memory it is; empty for main memory.
	Card string `json:"card,omitempty"`
	// Total is 0 where the system does not tell.
	Total int64 `json:"total,omitempty"`
	Free  int64 `json:"free"`
	// Used is what this program holds of main memory, or what all programs
	// together hold of the card's.
	Used int64 `json:"used"`
}

// Placement tells where the nodes of a graph run when a device is asked to.
type Placement struct {
	// Graph is "forward" or "gradient"; Of names the score, and for a gradient
	// also where it is wanted.
	Graph string `json:"graph"`
	Of    string `json:"of"`
	// Counts has the number of nodes by device, the asked one first.
	Counts []PlacedCount `json:"counts,omitempty"`
	// Cuts is how often the work changes from one device to another on its way.
	Cuts int `json:"cuts"`
	// Elsewhere lists the nodes that did not run on the device, in order.
	Elsewhere []PlacedNode `json:"elsewhere,omitempty"`
	// Err says why the device cannot run the graph at all.
	Err string `json:"err,omitempty"`
}

// PlacedCount is how many nodes a device runs.
type PlacedCount struct {
	Device string `json:"device"`
	Nodes  int    `json:"nodes"`
}

// PlacedNode is a node as the runtime library optimised it.
type PlacedNode struct {
	Name   string `json:"name"`
	Op     string `json:"op"`
	Device string `json:"device"`
}

// TooLarge is an explanation that memory does not suffice for.
type TooLarge struct {
	Err error
	// Lighter are tasks that need less, the nearest to what was asked first.
	Lighter []Lighter
}

// Lighter is a task that needs less memory. One of the two is set.
type Lighter struct {
	// Size is another input size than the model's own.
	Size prep.Size
	// Method is another method's ID, Title its title.
	Method, Title string
}

func (e *TooLarge) Error() string { return e.Err.Error() }

func (e *TooLarge) Unwrap() error { return e.Err }

// LighterThan are the tasks that need less than the one that failed with err;
// none where it was not for want of memory.
func LighterThan(err error) []Lighter {
	var large *TooLarge
	if !errors.As(err, &large) {
		return nil
	}
	return large.Lighter
}
