package screen

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"seewhy/assets/i18n"
	"seewhy/ui/look"
	"seewhy/ui/state"
	"seewhy/ui/widget"
)

// likeRow is, under the answer, the picture that the active pane compares with; of
// a model whose classes have no names, such as one of embeddings, a button that
// chooses one stands there before. Both take a picture that is dropped on them.
type likeRow struct {
	*context
	image *canvas.Image
	name  *widget.Picker
	drop  *widget.Button
	card  *fyne.Container
	open  *widget.Button
	root  *fyne.Container
}

func newLikeRow(c *context) *likeRow {
	r := &likeRow{context: c, image: thumbnail()}
	r.name = widget.NewPicker(i18n.T("Likeness to"), func() { chooseLike(c, r.name, c.state.Active) })
	r.drop = widget.NewButton("", theme.CancelIcon(), widget.Quiet, func() { c.Send(state.LikePicked{Pane: c.state.Active}) })
	r.drop.SetTip(c.tips, i18n.T("Explain a class again"))
	r.card = container.New(likeRowLayout{}, r.image, r.name, r.drop)
	r.open = widget.NewButton(i18n.T("Likeness to a picture…"), theme.MediaPhotoIcon(), widget.Normal, func() { chooseLike(c, r.open, c.state.Active) })
	r.open.SetTip(c.tips, i18n.T("Explain what makes the picture like another one for this model. A picture can be dropped here."))
	r.root = container.NewStack(r.card, r.open)
	r.root.Hide()
	return r
}

func thumbnail() *canvas.Image {
	img := canvas.NewImageFromImage(nil)
	// An image without a picture cannot be drawn.
	img.Hide()
	img.FillMode, img.ScaleMode = canvas.ImageFillContain, canvas.ImageScaleFastest
	return img
}

// setThumbnail says whether there is another picture than before.
func setThumbnail(img *canvas.Image, s state.Likeness) bool {
	if img.Image == s.Image {
		return false
	}
	img.Image, img.Hidden = s.Image, s.Image == nil
	img.Refresh()
	return true
}

// show tells whether the row has come or gone.
func (r *likeRow) show(s state.State) bool {
	k, m := s.Panes[s.Active], s.ModelOf(s.Active)
	like := s.LikeOf(s.Active) != nil
	offered := !like && state.Likens(m) && m.Info.LabelsFrom == ""
	r.card.Hidden, r.open.Hidden = !like, !offered
	if like {
		r.name.SetValue(s.LikeTitle(s.Active))
		setThumbnail(r.image, k.Likeness)
	}
	seen := like || offered
	if r.root.Hidden == !seen {
		return false
	}
	r.root.Hidden = !seen
	return true
}

// What stands in chooseLike beside the pictures.
const (
	likeFile  = "file"
	likeClass = "class"
	// likeAsked is a line of the lists of classes and targets that opens this one.
	likeAsked = "like"
)

// chooseLike lists the pictures that a pane can compare with.
func chooseLike(c *context, anchor fyne.CanvasObject, pane int) {
	s := *c.state
	like := s.LikeOf(pane)
	items := []widget.Choice{{ID: likeFile, Title: i18n.T("From a file…")}}
	if like != nil {
		items = append(items, widget.Choice{ID: likeClass, Title: i18n.T("None: explain a class")})
	}
	items = append(items, widget.Choice{Header: true, Title: i18n.T("Pictures")})
	for _, it := range s.Items {
		items = append(items, widget.Choice{ID: strconv.Itoa(int(it.ID)), Title: it.Title(), Chosen: like != nil && it.Ref == like.Path})
	}
	choose(anchor, 320, items, i18n.T("Find a picture"), func(id string) {
		switch id {
		case likeFile:
			c.Send(state.PaneActivated{Pane: pane})
			c.Ask(AskLike)
		case likeClass:
			c.Send(state.LikePicked{Pane: pane})
		default:
			n, err := strconv.Atoi(id)
			if it, _ := c.state.Item(state.ItemID(n)); err == nil && it != nil {
				c.Send(state.LikePicked{Pane: pane, Ref: it.Ref})
			}
		}
	})
}

// likeCard shows, over the corner of a pane, the picture that its map is about
// beside the photo, and how like the two are.
type likeCard struct {
	*pane
	image *canvas.Image
	value *widget.Text
	root  *fyne.Container
}

func newLikeCard(p *pane) *likeCard {
	c := &likeCard{pane: p, image: thumbnail(), value: widget.NewText("").Small().Colored(look.Text).Aligned(fyne.TextAlignCenter)}
	c.root = container.New(likeCardLayout{}, widget.NewSurface(look.Panel, look.RadiusSmall).Outlined(look.Hairline), c.image, c.value, widget.NewTeller(p.tips))
	c.root.Hide()
	return c
}

func (c *likeCard) show(s state.State, k state.Pane) {
	seen := k.Show == state.ShowMap && s.LikeOf(c.index) != nil && k.Likeness.Image != nil && s.Photo.Info != nil
	words := "≈"
	if r := k.Result; seen && r != nil && r.Task.Like != nil {
		words = "≈ " + score(r.Value)
	}
	changed := setThumbnail(c.image, k.Likeness)
	if c.value.Text() != words {
		c.value.SetText(words)
	}
	teller := c.root.Objects[3].(*widget.Teller)
	teller.SetWords(s.LikeTitle(c.index))
	teller.SetNeeded(seen)
	if c.root.Hidden == seen || changed {
		c.root.Hidden = !seen
		relay(c.pane.root)
	}
}

// put places the card into the upper right corner of a viewport, and tells how
// much of the height it takes.
func (c *likeCard) put(right, top float32) float32 {
	if c.root.Hidden {
		return 0
	}
	// Where there is little room it must not hide the photo.
	w := min(max(right*0.16, 52), 112)
	h := w * 0.75
	if img := c.image.Image; img != nil {
		b := img.Bounds()
		scale := min(w/float32(b.Dx()), h/float32(b.Dy()))
		w, h = float32(b.Dx())*scale, float32(b.Dy())*scale
	}
	w, h = max(w, 56)+2*likePad, h+2*likePad+likeWords
	put(c.root, right-w-10, top, w, h)
	return h + 6
}

// Measures of the card.
const (
	likePad   float32 = 5
	likeWords float32 = 18
)

type likeCardLayout struct{}

func (likeCardLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	put(o[0], 0, 0, size.Width, size.Height)
	put(o[1], likePad, likePad, size.Width-2*likePad, size.Height-2*likePad-likeWords)
	put(o[2], likePad, size.Height-likeWords-likePad+3, size.Width-2*likePad, likeWords)
	put(o[3], 0, 0, size.Width, size.Height)
}

func (likeCardLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(60, 60) }

// likeRowLayout is a picture, a picker and a small button.
type likeRowLayout struct{}

func (likeRowLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	const picture, button = 56, 30
	put(o[0], 0, 0, picture, size.Height)
	put(o[1], picture+6, 0, size.Width-picture-button-10, size.Height)
	put(o[2], size.Width-button, (size.Height-button)/2, button, button)
}

func (likeRowLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(180, o[1].MinSize().Height)
}

// ReferenceAt is the pane whose reference a place of the window is for, where a
// picture is dropped; false where that is none.
func (s *Screen) ReferenceAt(at fyne.Position) (pane int, ok bool) {
	driver := fyne.CurrentApp().Driver()
	in := func(o fyne.CanvasObject) bool {
		if !o.Visible() {
			return false
		}
		p, size := driver.AbsolutePositionForObject(o), o.Size()
		return at.X >= p.X && at.Y >= p.Y && at.X < p.X+size.Width && at.Y < p.Y+size.Height
	}
	if !s.state.Room.Wide && in(s.answer.like.root) {
		return s.state.Active, true
	}
	for _, i := range s.state.Visible() {
		if in(s.stage.panes[i].like.root) {
			return i, true
		}
	}
	return 0, false
}
