package engine

import (
	"container/list"
	"sync"
)

// recent keeps the values used last within a budget, one in any case: of bytes,
// or of values where each is put in as 1.
type recent[T any] struct {
	mutex  sync.Mutex
	budget int
	order  *list.List
	byKey  map[string]*list.Element
	held   int
}

type recentValue[T any] struct {
	key   string
	value T
	size  int
}

func newRecent[T any](budget int) *recent[T] {
	return &recent[T]{budget: budget, order: list.New(), byKey: map[string]*list.Element{}}
}

func (c *recent[T]) get(key string) (value T, ok bool) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	el, ok := c.byKey[key]
	if ok {
		c.order.MoveToFront(el)
		value = el.Value.(recentValue[T]).value
	}
	return value, ok
}

// put keeps a value, unless the key has one already, and gives what it has.
func (c *recent[T]) put(key string, value T, size int) T {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if el, ok := c.byKey[key]; ok {
		c.order.MoveToFront(el)
		return el.Value.(recentValue[T]).value
	}
	c.byKey[key] = c.order.PushFront(recentValue[T]{key, value, size})
	c.held += size
	for c.held > c.budget && c.order.Len() > 1 {
		old := c.order.Remove(c.order.Back()).(recentValue[T])
		delete(c.byKey, old.key)
		c.held -= old.size
	}
	return value
}
