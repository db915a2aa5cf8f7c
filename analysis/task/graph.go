package task

// Graph is a model's operations as plain data, without constants: what depends
// on the picture, in an order in which it can run.
type Graph struct {
	Nodes []GraphNode `json:"nodes"`
	// Edges go from a node to one that uses what it makes; From < To.
	Edges []GraphEdge `json:"edges"`
}

// GraphNode is one operation; the first stands for the picture's input.
type GraphNode struct {
	Name string `json:"name"`
	Op   string `json:"op"`
	// Values are what it makes, under the names by which Layer.Value knows them.
	Values []string `json:"values"`
	// Shape is that of the first, for one sample, without the batch.
	Shape []int `json:"shape,omitempty"`
}

// GraphEdge joins two nodes by their places in Graph.Nodes.
type GraphEdge struct {
	From int `json:"from"`
	To   int `json:"to"`
}
