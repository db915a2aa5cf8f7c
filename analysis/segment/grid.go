package segment

// Grid divides a picture into columns x rows rectangles whose sides differ by
// at most one pixel. More than there are pixels are as many as there are.
func Grid(width, height, columns, rows int) Labels {
	columns, rows = min(max(columns, 1), width), min(max(rows, 1), height)
	marks := make([]int32, width*height)
	for i := range marks {
		x, y := i%width, i/width
		marks[i] = int32(y*rows/height*columns + x*columns/width)
	}
	return labelled(width, height, marks)
}
