package method

// Composite names the rules by which a score is carried back to the input in
// place of the gradient's: a composite of models/grad and its numbers. The
// zero Composite is the gradient.
type Composite struct {
	ID     string
	Params map[string]float64
}
