package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"seewhy/analysis/engine"
	"seewhy/analysis/heatmap"
	"seewhy/analysis/method"
	"seewhy/analysis/target"
	"seewhy/analysis/task"
	"seewhy/assets/i18n"
	"seewhy/models/prep"
)

// explainFlags are those of "seewhy explain".
type explainFlags struct {
	model, method, layer, class, rather, target, device string
	images, params, hide, regions, at                   []string
	like                                                string
	seed                                                uint64
	colormap                                            string
	alpha, targetParam                                  float64
	labels, preset, out, task, size                     string
	settings, segments, layers                          string
	batch                                               int
	json, withMap, force, tf32, half                    bool
	// forced is the model that was last told to be another one than the task's.
	forced string
	// given tells whether a flag was set; with --task those that were not
	// leave the task as it is.
	given func(name string) bool
}

func (s *shell) explain() *cobra.Command {
	var f explainFlags
	c := &cobra.Command{
		Use: "explain --model M --image I [FLAGS] [MORE IMAGES...]", DisableFlagsInUseLine: true,
		Short: i18n.T("Explain pictures and write annotated reports"),
		Long: i18n.T("Explains why a model decides as it does on one picture or many, and writes a report for each: the picture, the map over it, and how it was made, which the report also carries inside.") + "\n" +
			i18n.T("Several pictures: files, folders, patterns, \"gallery:NAME\"; --out is then a folder.") + "\n\n" + targetHelp(),
		Example: examples(
			"seewhy explain --model resnet50.onnx --image cat.jpg",
			"seewhy explain --model resnet50.onnx --image photos/ --method saliency --out maps/",
			"seewhy explain --model resnet50.onnx --image cat.jpg --class tabby --rather \"tiger cat\"",
			"seewhy explain --task report.png --model resnet50.onnx --image cat.jpg",
			"seewhy explain --model resnet50.onnx --image cat.jpg --hide brush:0.05,0.3,0.4,0.5,0.4:inpaint",
			"seewhy explain --image gallery:24-agency-boat-marked --region truth",
			"seewhy explain --image 'gallery:*' --json",
		),
		Args: arguments(0, -1),
		RunE: func(c *cobra.Command, args []string) error {
			f.given = c.Flags().Changed
			f.images = append(f.images, args...)
			return s.doExplain(c.Context(), f)
		},
	}
	fl := c.Flags()
	fl.SortFlags = false
	fl.StringVar(&f.model, "model", "", i18n.T("an .onnx file, builtin:NAME or catalogue:NAME: `MODEL`"))
	fl.StringArrayVar(&f.images, "image", nil, i18n.T("a file, a folder, a pattern or gallery:NAME; may be repeated: `IMAGE`"))
	fl.StringVar(&f.method, "method", "gradcam", i18n.T("see \"seewhy methods\": `ID`"))
	fl.StringVar(&f.layer, "layer", task.Auto, i18n.T("see \"seewhy info MODEL\": `NAME`"))
	fl.StringVar(&f.layers, "layers", "", i18n.T("several layers, separated by commas, for one map of them; \"%s\" shows the map of each: `NAMES`", everyLayer))
	fl.StringVar(&f.class, "class", task.Auto, i18n.T("the class to explain, as index or label; auto is the most probable: `CLASS`"))
	fl.StringVar(&f.rather, "rather", "", i18n.T("explain why the class rather than this one: `CLASS`"))
	fl.StringVar(&f.target, "target", string(task.Logit), i18n.T("what is explained, of the list above: %s: `KIND`", strings.Join(target.IDs(), ", ")))
	fl.Float64Var(&f.targetParam, "target-param", 0, i18n.T("the number that a target takes: alpha of finer, 0.1 to 2; 0 is its default: `N`"))
	fl.StringArrayVar(&f.params, "param", nil, i18n.T("a parameter of the method; may be repeated: `ID=VALUE`"))
	fl.StringVar(&f.settings, "settings", "", i18n.T("a choice of the method's parameters that \"seewhy methods\" lists, such as reference or fast; --param changes it: `ID`"))
	fl.Uint64Var(&f.seed, "seed", 0, i18n.T("for methods that draw at random: `N`"))
	fl.IntVar(&f.batch, "batch", 0, i18n.T("samples that run at once; 0 finds the best number: `N`"))
	fl.StringVar(&f.device, "device", task.Auto, i18n.T("see \"seewhy devices\": `ID`"))
	fl.BoolVar(&f.half, "float16", false, i18n.T("compute in float16 on a GPU: faster still, gradients right to a few hundredths"))
	fl.BoolVar(&f.tf32, "tf32", false, i18n.T("let an NVIDIA device round the factors of products to 10 bits: faster, right to a thousandth"))
	fl.StringVar(&f.size, "size", "", i18n.T("run a model that takes any size at this one: a number of pixels, or WIDTHxHEIGHT: `SIZE`"))
	fl.StringVar(&f.colormap, "colormap", heatmap.DefaultStyle().Colormap, i18n.T("%s: `ID`", strings.Join(colormapIDs(), ", ")))
	fl.Float64Var(&f.alpha, "alpha", heatmap.DefaultStyle().Alpha, i18n.T("opacity of the map over the picture, 0 to 1: `A`"))
	fl.StringVar(&f.labels, "labels", "", i18n.T("names of the classes, one a line: `FILE`"))
	fl.StringVar(&f.preset, "preset", "", i18n.T("preprocessing instead of what was found for the model: `ID`"))
	fl.StringArrayVar(&f.hide, "hide", nil, i18n.T("hide a part of the picture before the model sees it, such as box:0.1,0.2,0.5,0.6:blur; may be repeated, %s for nothing: `SHAPE:FILL`", hideNothing))
	fl.StringArrayVar(&f.regions, "region", nil, i18n.T("tell how much of the map lies in a part, such as sky=box:0,0,1,0.3; a name alone is a part that the gallery knows, %s all of them; may be repeated: `NAME=SHAPE`", knownRegions))
	fl.StringArrayVar(&f.at, "at", nil, i18n.T("the region that a segmentation is asked about, or the box of a detector, such as box:0.1,0.2,0.5,0.6; %s is where a segmentation sees the class, a number a box that \"seewhy info MODEL --image FILE\" lists, another name a part that the gallery knows, %s the whole picture; may be repeated: `SHAPE`", atSeen, atWhole))
	fl.StringVar(&f.like, "like", "", i18n.T("explain the model's output as an embedding: its cosine similarity to that of this picture: `FILE`"))
	fl.StringVar(&f.out, "out", "", i18n.T("the report's file (default %s), a folder for several (default %s), - for stdout, \"\" for none: `FILE`", defaultFile, defaultFolder))
	fl.StringVar(&f.segments, "segments", "", i18n.T("write the picture with its segments outlined, for methods that divide it: `FILE.png`"))
	fl.BoolVar(&f.json, "json", false, i18n.T("print the result as JSON, a line for each picture; a report is written only with --out"))
	fl.BoolVar(&f.withMap, "map", false, i18n.T("with --json: the map's values too"))
	fl.StringVar(&f.task, "task", "", i18n.T("repeat a task: JSON, a report's PNG, or - for stdin; other flags change it: `FILE`"))
	fl.BoolVar(&f.force, "force", false, i18n.T("with --task: take another model or picture than the task's"))
	values(c, "method", methodIDs)
	values(c, "colormap", colormapIDs)
	values(c, "target", target.IDs)
	return c
}

func colormapIDs() []string {
	var ids []string
	for _, m := range heatmap.Colormaps() {
		ids = append(ids, m.ID)
	}
	return ids
}

// targetHelp lists what can be explained.
func targetHelp() string {
	lines := []string{i18n.T("What is explained (--target):")}
	for _, t := range target.All() {
		lines = append(lines, fmt.Sprintf("  %-15s  %s", t.ID, i18n.T(t.Summary)))
	}
	return strings.Join(lines, "\n")
}

func (s *shell) doExplain(ctx context.Context, f explainFlags) error {
	recipes, err := f.recipes(s)
	if err != nil {
		return err
	}
	e, err := s.engine()
	if err != nil {
		return err
	}
	list, several, err := f.find(recipes, e.Gallery())
	if err != nil {
		return err
	}
	// Who reads JSON gets no picture that was not asked for.
	out, err := newDestination(f.out, f.given("out") || f.json, several)
	if err != nil {
		return err
	}
	if several && f.segments != "" {
		return usage("--segments %s: the segments of several pictures do not fit into one file; name one picture", f.segments)
	}
	if out.stdout && terminal(s.Stdout) {
		return usage("--out -: stdout is a terminal; send it to a file or a program")
	}
	if err := checkDevice(ctx, e, recipes[0].task.Device); err != nil {
		return err
	}
	for i := range recipes {
		if err := f.complete(ctx, s, e, &recipes[i]); err != nil {
			return err
		}
	}
	b := &batch{shell: s, engine: e, recipes: recipes, out: out, several: several, flags: f}
	return b.run(ctx, list)
}

// recipes makes what to do out of the flags, or reads it from --task and
// changes what flags were set for. Nothing here needs the engine.
func (f *explainFlags) recipes(s *shell) ([]recipe, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	list := []recipe{{task: task.Task{Schema: task.Schema, Target: task.Target{Class: task.AutoClass}}, style: heatmap.DefaultStyle()}}
	fresh := f.task == ""
	if !fresh {
		var err error
		if list, err = readTasks(f.task, s.Stdin); err != nil {
			return nil, err
		}
	}
	for i := range list {
		if err := f.change(&list[i], fresh); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (f *explainFlags) check() error {
	switch {
	case f.json && f.out == "-":
		return usage("--json and --out - both want stdout; name a file with --out")
	case f.layers != "" && f.given("layer"):
		return usage("--layer and --layers exclude each other")
	case f.layers == everyLayer && f.segments != "":
		return usage("--layers %s writes no segments", everyLayer)
	case f.layers == everyLayer && len(f.regions) > 0:
		return usage("--layers %s counts no regions", everyLayer)
	case f.withMap && !f.json:
		return usage("--map needs --json")
	case f.batch < 0:
		return usage("--batch is %d; it takes a number of samples", f.batch)
	case f.force && f.task == "":
		return usage("--force belongs to --task")
	case !(f.alpha >= 0 && f.alpha <= 1):
		return usage("--alpha is %v; it takes a number from 0 to 1", f.alpha)
	case !slices.Contains(colormapIDs(), f.colormap):
		return usage("colour map %q is unknown; there are: %s", f.colormap, strings.Join(colormapIDs(), ", "))
	case !slices.Contains(target.IDs(), f.target):
		return usage("--target %q is unknown; there are: %s", f.target, strings.Join(target.IDs(), ", "))
	case f.rather != "" && f.given("target") && !target.Of(task.TargetKind(f.target)).Second:
		return usage("--rather explains a margin; leave --target out, or make it margin")
	}
	return nil
}

// change applies the flags to a recipe: all of them to a fresh one, else
// those that were set.
func (f *explainFlags) change(r *recipe, fresh bool) error {
	set := func(name string) bool { return fresh || f.given(name) }
	t := &r.task
	if set("method") && t.Method != f.method {
		t.Method, t.Params = f.method, nil
	}
	m, err := findMethod(t.Method)
	if err != nil {
		return err
	}
	if err := f.parameters(m, t); err != nil {
		return err
	}
	if set("target") {
		t.Target.Kind, t.Target.Param = task.TargetKind(f.target), 0
	}
	if f.rather != "" && !target.Of(t.Target.Kind).Second {
		t.Target.Kind, t.Target.Param = task.Margin, 0
	}
	if f.given("target-param") {
		t.Target.Param = f.targetParam
	}
	if _, err := target.Of(t.Target.Kind).Setting(t.Target.Param); err != nil {
		return fault{ExitUsage, fmt.Errorf("--target-param: %w", err)}
	}
	if set("target") && target.Of(t.Target.Kind).Second {
		t.Target.Rather = task.AutoClass
	}
	if set("hide") {
		if t.Edits, err = f.edits(); err != nil {
			return err
		}
	}
	if set("at") {
		if err := f.atAsked(r); err != nil {
			return err
		}
	}
	if set("region") {
		if r.regions, err = f.askedRegions(); err != nil {
			return err
		}
	}
	if set("seed") {
		t.Seed = f.seed
	}
	if set("device") {
		t.Device = f.device
	}
	if set("batch") {
		t.Batch = f.batch
	}
	if set("tf32") {
		t.TF32 = f.tf32
	}
	if set("float16") {
		t.Half = f.half
	}
	if set("size") {
		if t.Size, err = prep.ParseSize(f.size); err != nil {
			return usage("--size %q: write a number of pixels, or WIDTHxHEIGHT", f.size)
		}
	}
	if set("colormap") {
		r.style.Colormap = f.colormap
	}
	if set("alpha") {
		r.style.Alpha = f.alpha
	}
	return nil
}

// parameters reads --param ID=VALUE.
func (f *explainFlags) parameters(m method.Method, t *task.Task) error {
	given := map[string]float64{}
	for id, v := range t.Params {
		given[id] = v
	}
	if f.settings != "" {
		i := slices.IndexFunc(m.Presets, func(p task.MethodPreset) bool { return p.ID == f.settings })
		if i < 0 {
			return usage("%s has no settings %q; it has: %s", m.ID, f.settings, presetIDs(m))
		}
		given = maps.Clone(m.Presets[i].Params)
		if given == nil {
			given = map[string]float64{}
		}
	}
	for _, text := range f.params {
		id, v, ok := strings.Cut(text, "=")
		i := slices.IndexFunc(m.Params, func(p method.Param) bool { return p.ID == id })
		switch {
		case !ok:
			return usage("--param %q: write ID=VALUE", text)
		case i < 0:
			return usage("%s has no parameter %q; it has: %s", m.ID, id, paramIDs(m))
		}
		number, err := m.Params[i].Parse(v)
		if err != nil {
			return fault{ExitUsage, err}
		}
		given[id] = number
	}
	params, err := m.Resolve(given)
	if err != nil {
		return fault{ExitUsage, err}
	}
	t.Params = params
	return nil
}

func presetIDs(m method.Method) string {
	var ids []string
	for _, p := range m.Presets {
		ids = append(ids, p.ID)
	}
	if len(ids) == 0 {
		return i18n.T("none")
	}
	return strings.Join(ids, ", ")
}

func paramIDs(m method.Method) string {
	if len(m.Params) == 0 {
		return i18n.T("none")
	}
	var ids []string
	for _, p := range m.Params {
		ids = append(ids, p.ID)
	}
	return strings.Join(ids, ", ")
}

// find lists the pictures: those that were named, else the task's own.
func (f *explainFlags) find(recipes []recipe, gallery []task.GalleryItem) ([]string, bool, error) {
	if len(f.images) > 0 {
		return pictures(f.images, gallery)
	}
	if f.task == "" {
		return nil, false, usage("which picture? --image FILE, a folder, or gallery:NAME (\"seewhy gallery\" lists those)")
	}
	img := recipes[0].task.Image
	path, ok := locate("", img.Path, f.task)
	if !ok {
		return nil, false, unusable("the task's picture %s (SHA-256 %.12s…) is not here; say where it lies with --image", titled(img), img.SHA256)
	}
	return []string{path}, false, nil
}

// complete opens the recipe's model and resolves what only the model can:
// class, layer, preset.
func (f *explainFlags) complete(ctx context.Context, s *shell, e *engine.Engine, r *recipe) error {
	fresh := f.task == ""
	ref, err := f.modelRef(e, r.task.Model)
	if err != nil {
		return err
	}
	m, err := s.openModel(ctx, e, ref, f.labels)
	if err != nil {
		return err
	}
	switch {
	case fresh || m.Ref.SHA256 == r.task.Model.SHA256:
	case f.force && f.forced == m.Ref.SHA256:
		// It was told.
	case f.force:
		f.forced = m.Ref.SHA256
		s.warn(i18n.T("model %s is not the task's, and is used all the same: its SHA-256 is %.12s…, not %.12s…", m.Ref.Name, m.Ref.SHA256, r.task.Model.SHA256))
	default:
		return unusable("model %s is not the task's: its SHA-256 is %.12s…, not %.12s…; --force uses it all the same", m.Ref.Name, m.Ref.SHA256, r.task.Model.SHA256)
	}
	r.model, r.task.Model = m, m.Ref
	if size := r.task.Size; size != (prep.Size{}) && size != m.InputSize && !m.AnySize() {
		return usage("--size %s: %s takes pictures of %s only", size, m.Ref.Name, m.InputSize)
	}
	for _, x := range m.Methods {
		if x.ID == r.task.Method && x.Why != "" {
			return unusable("%s cannot run on %s: %s; \"seewhy info\" tells which methods can", i18n.T(x.Title), m.Ref.Name, clause(i18n.Tell(x.Why)))
		}
	}
	if f.layers != "" && f.layers != everyLayer {
		if r.task.Layers, err = findLayers(m, f.layers); err != nil {
			return err
		}
		r.task.Layer = ""
		if how, err := method.ByID(r.task.Method); err == nil && !how.Needs.Layer {
			s.warn(i18n.T("%s looks at no layer: --layers is left out", i18n.T(how.Title)))
		}
	} else if fresh || f.given("layer") {
		r.task.Layer, r.task.Layers = f.layer, nil
		if how, err := method.ByID(r.task.Method); err == nil && !how.Needs.Layer && f.layer != task.Auto {
			s.warn(i18n.T("%s looks at no layer: --layer is left out", i18n.T(how.Title)))
		}
	}
	if r.task.Layer, err = findLayer(m, r.task.Layer); err != nil {
		return err
	}
	if err := f.likeAsked(ctx, e, r); err != nil {
		return err
	}
	if r.task.Like != nil {
		// There is one score.
		r.task.Target.Class = 0
		return f.preprocessing(e, r)
	}
	if fresh || f.given("class") {
		if r.task.Target.Class, err = findClass(m, f.class); err != nil {
			return err
		}
	}
	if f.rather != "" {
		if r.task.Target.Rather, err = findClass(m, f.rather); err != nil {
			return err
		}
	}
	return f.preprocessing(e, r)
}

func (f *explainFlags) modelRef(e *engine.Engine, stored task.ModelRef) (string, error) {
	if f.model != "" {
		return f.model, nil
	}
	if f.task != "" {
		ref, ok := locate("", stored.Path, f.task)
		if !ok {
			return "", unusable("the task's model %s (SHA-256 %.12s…) is not here; say where it lies with --model", stored.Name, stored.SHA256)
		}
		return ref, nil
	}
	// The built-in model knows drawn scenes: on anything else it would only guess.
	for _, image := range f.images {
		if !strings.HasPrefix(image, galleryPrefix) {
			return "", usage("which model? --model FILE, or a name that \"seewhy models\" lists")
		}
	}
	return defaultModel(e)
}

func (f *explainFlags) preprocessing(e *engine.Engine, r *recipe) error {
	if f.preset == "" {
		return nil
	}
	var ids []string
	for _, p := range e.Presets(r.model.Ref.SHA256) {
		if p.ID == f.preset {
			r.task.Preprocess = p.Spec
			return nil
		}
		ids = append(ids, p.ID)
	}
	return usage("preset %q does not fit %s; there are: %s", f.preset, i18n.T(r.model.Title), strings.Join(ids, ", "))
}
