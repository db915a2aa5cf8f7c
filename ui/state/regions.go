package state

import (
	"image"
	"image/color"
	"slices"
	"strconv"
	"strings"

	"seewhy/analysis/edit"
	"seewhy/analysis/region"
	"seewhy/analysis/task"
	"seewhy/assets/i18n"
	"seewhy/models/prep"
)

// Marks is what is drawn over the photo: outlines of regions, the selection,
// the segments that can be picked.
type Marks struct {
	Image *image.RGBA
	// Hidden says that regions are not outlined.
	Hidden bool

	job   JobID
	asked marksKey
}

// marksKey is what Marks are drawn from. Lists stand for themselves by their
// first elements, for they are replaced, never changed.
type marksKey struct {
	photo     *task.ImageInfo
	regions   *task.Region
	n         int
	selection *task.Shape
	selected  int
	stroke    *Stroke
	segments  *task.Segments
	under     int
	side      int
}

// Shares is how much of a pane's map lies in each region.
type Shares struct {
	Of []task.RegionShare

	job     JobID
	result  *task.Result
	regions []task.Region
}

// What the user does with selections and regions.
type (
	// SelectionCleared drops the selection; SelectionHidden hides it.
	SelectionCleared struct{}
	SelectionHidden  struct{}
	// RegionNamed makes a region of the selection or, without one, of what is
	// hidden; a name that is there already gets it added.
	RegionNamed struct{ Name string }
	// RegionRenamed, RegionDeleted and RegionHidden act on a region by its
	// place in the list; the last hides what it covers.
	RegionRenamed struct {
		Region int
		Name   string
	}
	RegionDeleted struct{ Region int }
	RegionHidden  struct{ Region int }
	// KnownRegionsTaken adds the regions that are known of a gallery's picture.
	KnownRegionsTaken struct{}
	// RegionsShown outlines the regions on the photo, or does not.
	RegionsShown struct{ On bool }
)

// Share measures how much of a map lies in regions.
type Share struct {
	Job     JobID
	Map     task.Map
	Region  prep.Region
	Picture prep.Size
	Regions []task.Region
}

// FindRegions asks what is known of the parts of a gallery's picture.
type FindRegions struct {
	Item ItemID
	Ref  string
}

// RegionsFound is the answer; Err says in words why there is none.
type RegionsFound struct {
	Item    ItemID
	Regions []task.Region
	Err     string
}

// Shared is the answer.
type Shared struct {
	Job    JobID
	Shares []task.RegionShare
}

// Outline is a part that is drawn over the photo.
type Outline struct {
	Shapes []task.Shape
	Color  color.NRGBA
	// Filled tints what is inside.
	Filled bool
}

// PaintMarks draws outlines, and the borders of segments with the one under the
// pointer, at Width x Height.
type PaintMarks struct {
	Job           JobID
	Outlines      []Outline
	Segments      *task.Segments
	Under         int
	Width, Height int
}

// MarksPainted is that drawing.
type MarksPainted struct {
	Job   JobID
	Image *image.RGBA
}

func (SelectionCleared) msg()  {}
func (SelectionHidden) msg()   {}
func (RegionNamed) msg()       {}
func (RegionRenamed) msg()     {}
func (RegionDeleted) msg()     {}
func (RegionHidden) msg()      {}
func (KnownRegionsTaken) msg() {}
func (RegionsFound) msg()      {}
func (FindRegions) cmd()       {}
func (RegionsShown) msg()      {}
func (Shared) msg()            {}
func (MarksPainted) msg()      {}
func (Share) cmd()             {}
func (PaintMarks) cmd()        {}

// selectionColor is seen on photos and differs from the regions'.
var selectionColor = color.NRGBA{R: 255, G: 255, B: 255, A: 255}

// Regions are those of the photo.
func (s State) Regions() []task.Region {
	if it, _ := s.Item(s.Photo.Item); it != nil && s.Photo.Info != nil {
		return it.Regions
	}
	return nil
}

// Nameable says whether there is something that can become a region.
func (s State) Nameable() bool { return len(s.Marking.Selection) > 0 || len(s.Edited.now) > 0 }

func (u *update) regions(m Msg) {
	switch m := m.(type) {
	case SelectionCleared:
		u.Marking.Selection = nil
	case SelectionHidden:
		if len(u.Marking.Selection) > 0 && u.hide(u.Marking.Selection) {
			u.Marking.Selection = nil
		}
	case RegionNamed:
		u.nameRegion(m.Name)
	case RegionRenamed:
		u.renameRegion(m.Region, m.Name)
	case RegionDeleted:
		if m.Region >= 0 && m.Region < len(u.Regions()) {
			u.replace(u.Photo.Item, func(it *Item) {
				it.Regions = slices.Delete(slices.Clone(it.Regions), m.Region, m.Region+1)
			})
		}
	case RegionHidden:
		if all := u.Regions(); m.Region >= 0 && m.Region < len(all) {
			u.hide(all[m.Region].Shapes)
		}
	case KnownRegionsTaken:
		if it, _ := u.Item(u.Photo.Item); it != nil && u.InGallery() {
			u.do(FindRegions{Item: it.ID, Ref: it.Ref})
		}
	case RegionsFound:
		u.foundRegions(m)
	case RegionsShown:
		u.Marks.Hidden = !m.On
	case Shared:
		for i := range u.Panes {
			if w := &u.Panes[i].Shares; m.Job != 0 && w.job == m.Job {
				w.job, w.Of = 0, m.Shares
			}
		}
	case MarksPainted:
		if m.Job != 0 && m.Job == u.Marks.job {
			u.Marks.job, u.Marks.Image = 0, m.Image
		}
	}
}

// InGallery says that more is known of the photo than it shows.
func (s State) InGallery() bool {
	it, _ := s.Item(s.Photo.Item)
	return it != nil && s.Photo.Info != nil && slices.ContainsFunc(s.gallery, func(g task.GalleryItem) bool { return g.Ref == it.Ref })
}

// foundRegions adds what is known of a picture; a region that is there already
// under that name is left as it is.
func (u *update) foundRegions(m RegionsFound) {
	it, _ := u.Item(m.Item)
	if it == nil {
		return
	}
	if m.Err != "" {
		u.say(true, i18n.Tell(m.Err))
		return
	}
	all := slices.Clone(it.Regions)
	for _, r := range m.Regions {
		// Of several of a name the later ones are numbered.
		name, number, numbered := strings.Cut(r.Name, " ")
		if _, err := strconv.Atoi(number); numbered && err == nil {
			r.Name = i18n.T(name) + " " + number
		} else {
			r.Name = i18n.T(r.Name)
		}
		if !slices.ContainsFunc(all, func(k task.Region) bool { return k.Name == r.Name }) {
			all = append(all, r)
		}
	}
	if len(all) == len(it.Regions) {
		u.say(false, i18n.T("Nothing more is known of this picture."))
		return
	}
	if err := edit.CheckRegions(all); err != nil {
		u.say(true, i18n.T("The region cannot be kept: %s", i18n.Tell(err.Error())))
		return
	}
	u.replace(it.ID, func(it *Item) { it.Regions = all })
	u.Marks.Hidden = false
}

// hide adds an edit for each shape, in one step.
func (u *update) hide(shapes []task.Shape) bool {
	it, _ := u.Item(u.Photo.Item)
	if it == nil || u.Photo.Info == nil {
		return false
	}
	edits := slices.Clone(it.Edits)
	for _, s := range shapes {
		edits = append(edits, task.Edit{Shape: s, Fill: u.Marking.Fill})
	}
	if !u.keepEdits(edits) {
		return false
	}
	u.Marking.Stroke = nil
	return true
}

// nameRegion makes a region of the selection or of what is hidden.
func (u *update) nameRegion(name string) {
	name = strings.Join(strings.Fields(name), " ")
	it, _ := u.Item(u.Photo.Item)
	if name == "" || it == nil || u.Photo.Info == nil {
		return
	}
	shapes := u.Marking.Selection
	if len(shapes) == 0 {
		shapes = u.hidden(it.Edits)
	}
	if len(shapes) == 0 {
		u.say(false, i18n.T("Nothing is marked yet. Choose Select, draw around a part of the picture, and name it."))
		return
	}
	all := slices.Clone(it.Regions)
	if i := slices.IndexFunc(all, func(r task.Region) bool { return r.Name == name }); i >= 0 {
		all[i].Shapes = append(slices.Clip(all[i].Shapes), shapes...)
	} else {
		all = append(all, task.Region{Name: name, Shapes: shapes})
	}
	if err := edit.CheckRegions(all); err != nil {
		u.say(true, i18n.T("The region cannot be kept: %s", i18n.Tell(err.Error())))
		return
	}
	u.replace(it.ID, func(it *Item) { it.Regions = all })
	u.Marking.Selection, u.Marks.Hidden = nil, false
}

func (u *update) renameRegion(region int, name string) {
	name = strings.Join(strings.Fields(name), " ")
	old := u.Regions()
	if region < 0 || region >= len(old) || name == "" || name == old[region].Name {
		return
	}
	all := slices.Clone(old)
	all[region].Name = name
	if err := edit.CheckRegions(all); err != nil {
		u.say(true, i18n.T("The region cannot be kept: %s", i18n.Tell(err.Error())))
		return
	}
	u.replace(u.Photo.Item, func(it *Item) { it.Regions = all })
}

// hiddenSide is how many cells the longer side of a mask has that stands for
// what edits hide and an eraser has shown again.
const hiddenSide = 512

// hidden are the shapes of what edits hide. What an eraser has shown again
// cannot be taken out of shapes: a mask of cells then stands for what is left.
func (u *update) hidden(edits []task.Edit) []task.Shape {
	var shapes []task.Shape
	erased := false
	for _, e := range edits {
		if e.Fill == task.FillRestore {
			erased = erased || len(shapes) > 0
			continue
		}
		shapes = append(shapes, e.Shape)
	}
	if !erased {
		return shapes
	}
	w, h := overlaySize(prep.Size{Width: u.Photo.Info.Ref.Width, Height: u.Photo.Info.Ref.Height}, hiddenSide)
	in := make([]bool, w*h)
	for _, e := range edits {
		for i, a := range edit.Cover([]task.Shape{e.Shape}, w, h).Pix {
			if a >= 128 {
				in[i] = e.Fill != task.FillRestore
			}
		}
	}
	if !slices.Contains(in, true) {
		return nil
	}
	return []task.Shape{edit.MaskOf(w, h, func(cell int) bool { return in[cell] })}
}

// followShares measures the panes' maps over the regions anew where either has
// changed; while one is measured the newest map waits.
func (u *update) followShares() {
	regions := u.Regions()
	for _, i := range u.Visible() {
		p := &u.Panes[i]
		w := &p.Shares
		if p.Show != ShowMap || p.Result == nil || len(regions) == 0 || u.Photo.Info == nil {
			u.cancel(&w.job)
			*w = Shares{}
			continue
		}
		if w.job != 0 || w.result == p.Result && same(w.regions, regions) {
			continue
		}
		if !same(w.regions, regions) {
			w.Of = nil
		}
		w.job, w.result, w.regions = u.job(), p.Result, regions
		u.do(Share{Job: w.job, Map: p.Result.Map, Region: p.Result.Region, Picture: u.place(p.Result.Region).Picture, Regions: regions})
	}
}

// followMarks draws what lies over the photo anew where it has changed, and
// asks for the segments that the pick tool needs.
func (u *update) followMarks() {
	k := &u.Marking
	if k.Tool == PickTool && k.Segments == nil && k.segmenting == 0 && u.Photo.Info != nil && u.Photo.Job == 0 {
		k.segmenting = u.job()
		u.do(SegmentPhoto{Job: k.segmenting, Image: u.Photo.Info.Ref, About: k.Pieces})
	}
	c, key := u.outlines()
	w := &u.Marks
	if key == w.asked || w.job != 0 {
		return
	}
	w.asked = key
	if len(c.Outlines) == 0 && c.Segments == nil {
		w.Image = nil
		return
	}
	w.job = u.job()
	c.Job = w.job
	u.do(c)
}

// outlines are what is to be drawn over the photo.
func (u *update) outlines() (PaintMarks, marksKey) {
	var c PaintMarks
	key := marksKey{photo: u.Photo.Info, under: -1}
	if u.Photo.Info == nil {
		return c, key
	}
	k := &u.Marking
	if regions := u.Regions(); len(regions) > 0 && !u.Marks.Hidden {
		key.regions, key.n = &regions[0], len(regions)
		for i, r := range regions {
			c.Outlines = append(c.Outlines, Outline{Shapes: r.Shapes, Color: region.Color(i)})
		}
	}
	selection := k.Selection
	if s := k.Stroke; s != nil && s.whole() {
		switch {
		case s.erases:
			key.stroke = s
			c.Outlines = append(c.Outlines, Outline{Shapes: []task.Shape{s.Shape}, Color: selectionColor})
		case s.fill == "":
			key.stroke, selection = s, append(slices.Clip(selection), s.Shape)
		case s.Shape.Kind != task.Brush:
			key.stroke = s
			c.Outlines = append(c.Outlines, Outline{Shapes: []task.Shape{s.Shape}, Color: selectionColor})
		}
	}
	if len(selection) > 0 {
		key.selection, key.selected = &selection[0], len(selection)
		if key.stroke != nil {
			// The list is made anew each time; the stroke tells it apart.
			key.selection = nil
		}
		c.Outlines = append(c.Outlines, Outline{Shapes: selection, Color: selectionColor, Filled: true})
	}
	if k.Tool == PickTool && k.Segments != nil && k.Segments.Count > 0 {
		c.Segments, c.Under = k.Segments, u.under()
		key.segments, key.under = k.Segments, c.Under
	}
	key.side = u.side()
	c.Width, c.Height = overlaySize(u.place(prep.Region{}).Picture, key.side)
	return c, key
}
