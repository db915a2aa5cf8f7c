package runtime

import (
	"slices"
	"testing"

	"seewhy/models/tensor"
)

// Outputs whose length follows from the values, not from the shapes of what is
// fed, come whole although memory of another length was made for them.
func TestOutputsOfAnotherLength(t *testing.T) {
	nodes := appendNode(nil, "Cast", []string{"choice"}, "flags", intAttribute("to", tBool))
	nodes = appendNode(nodes, "Compress", []string{"x", "flags"}, "y", intAttribute("axis", 0))
	m := model(nodes, []value{{"x", tFloat, []int64{-1, 2}}, {"choice", tFloat, []int64{-1}}}, []value{{"y", tFloat, []int64{-1, 2}}})
	s := session(t, m, []string{"x", "choice"}, []string{"y"})
	x := of(t, []float32{1, 2, 3, 4, 5, 6}, 3, 2)
	for _, bound := range []bool{false, true} {
		b := bindAnyway(t, s)
		for _, c := range []struct{ choice, want []float32 }{
			{[]float32{1, 0, 1}, []float32{1, 2, 5, 6}},
			{[]float32{1, 1, 1}, []float32{1, 2, 3, 4, 5, 6}},
			{[]float32{0, 1, 0}, []float32{3, 4}},
			{[]float32{1, 0, 1}, []float32{1, 2, 5, 6}},
		} {
			feeds := []tensor.Tensor{x, of(t, c.choice, 3)}
			run := func() ([]tensor.Tensor, error) { return s.Run(t.Context(), feeds) }
			if bound {
				run = func() ([]tensor.Tensor, error) { return b.Run(t.Context(), feeds, nil) }
			}
			out, err := run()
			if err != nil || !slices.Equal(out[0].Data, c.want) || out[0].Shape[0] != len(c.want)/2 {
				t.Errorf("bound %v: %v is %v, %v, want %v", bound, c.choice, out, err, c.want)
			}
		}
		b.Close()
		s.room = newRoom([]declaration{{element: 1, dims: []int{-1, 2}}})
	}
}

// Results are the caller's: later runs do not write into them.
func TestResultsStay(t *testing.T) {
	m := model(appendNode(nil, "Relu", []string{"x"}, "y"), []value{{"x", tFloat, []int64{-1, 2}}}, []value{{"y", tFloat, []int64{-1, 2}}})
	s := session(t, m, []string{"x"}, []string{"y"})
	var kept [][]float32
	for i := range 4 {
		out, err := s.Run(t.Context(), []tensor.Tensor{of(t, []float32{float32(i), float32(-i)}, 1, 2)})
		if err != nil {
			t.Fatal(err)
		}
		kept = append(kept, out[0].Data)
	}
	for i, got := range kept {
		if !slices.Equal(got, []float32{float32(i), 0}) {
			t.Errorf("the result of run %d is %v now", i, got)
		}
	}
	if s.room.known[roomKey([]tensor.Tensor{tensor.New(1, 2)})] == nil {
		t.Error("the shapes are not remembered")
	}
}

// What writing into the memory of the results saves, for outputs of 6 MB.
func BenchmarkOutputs(b *testing.B) {
	m := model(appendNode(nil, "Relu", []string{"x"}, "y"),
		[]value{{"x", tFloat, []int64{-1, 64, 56, 56}}}, []value{{"y", tFloat, []int64{-1, 64, 56, 56}}})
	feeds := []tensor.Tensor{tensor.New(8, 64, 56, 56)}
	for _, c := range []struct {
		name string
		room bool
	}{{"copied", false}, {"in place", true}} {
		b.Run(c.name, func(b *testing.B) {
			s := session(b, m, []string{"x"}, []string{"y"})
			s.room.fits = c.room
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Run(b.Context(), feeds); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
