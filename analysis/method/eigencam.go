package method

import (
	"context"

	"seewhy/analysis/task"
)

func init() {
	Register(Method{
		Spec: Spec{
			ID: "eigencam", Title: "Eigen-CAM", Family: FamilyCAM,
			Summary: "The main pattern of a layer's activations, whatever the class: its first principal component.",
			Paper:   "Muhammad and Yeasin, Eigen-CAM, IJCNN 2020, section III",
			Needs:   Needs{Layer: true},
		},
		Explain: eigenCAM,
	})
}

// eigenCAM: the cells of A, centred by channel, on their first principal component.
func eigenCAM(ctx context.Context, s Session, r Request, p task.Progress) (Attribution, error) {
	p.Report(0, "Forward pass")
	layers, err := s.Activations(ctx, r.Input, []string{r.Layer})
	if err != nil {
		return Attribution{}, err
	}
	A := layers[r.Layer]
	m, err := firstComponent(ctx, A, fallsWith(A))
	if err != nil {
		return Attribution{}, err
	}
	p.Report(1, "Done")
	return Attribution{Map: m, Notes: []task.Note{{Key: signNote}}}, nil
}
