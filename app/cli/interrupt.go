package cli

import "sync"

// Interrupts lets what runs take the first interrupt for itself: a method that
// samples then keeps what it has, in place of the program's end.
type Interrupts struct {
	mutex sync.Mutex
	soft  func()
}

// Taken says that the interrupt at hand was taken; the program ends on others.
func (i *Interrupts) Taken() bool {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	if i.soft == nil {
		return false
	}
	i.soft()
	i.soft = nil
	return true
}

// take makes the next interrupt call f, until it was called or done is.
func (i *Interrupts) take(f func()) (done func()) {
	if i == nil {
		return func() {}
	}
	i.mutex.Lock()
	defer i.mutex.Unlock()
	i.soft = f
	return func() {
		i.mutex.Lock()
		defer i.mutex.Unlock()
		i.soft = nil
	}
}
