package engine

import "testing"

// What is used stays; what was put in is not put in again.
func TestRecentKeepsWhatWasUsedLast(t *testing.T) {
	c := newRecent[string](2)
	c.put("a", "A", 1)
	c.put("b", "B", 1)
	if v, ok := c.get("a"); v != "A" || !ok {
		t.Errorf("%q, %v", v, ok)
	}
	if v := c.put("a", "other", 1); v != "A" {
		t.Errorf("what was there gives way to %q", v)
	}
	c.put("c", "C", 1)
	for key, want := range map[string]bool{"a": true, "b": false, "c": true} {
		if _, ok := c.get(key); ok != want {
			t.Errorf("%s is kept: %v", key, ok)
		}
	}
	c.put("large", "L", 7)
	if v, ok := c.get("large"); v != "L" || !ok || c.order.Len() != 1 || c.held != 7 {
		t.Errorf("%q, %v; %d values of size %d", v, ok, c.order.Len(), c.held)
	}
}
