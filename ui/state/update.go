package state

import (
	"slices"
	"strings"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/task"
	"seewhy/assets/i18n"
)

// Update is what each message does.
func Update(s State, m Msg) (State, []Cmd) {
	u := &update{State: s}
	if took, ok := m.(Took); ok {
		u.finish(took)
		m = took.Answer
	}
	u.apply(m)
	u.record(&s, m)
	u.followAsked()
	u.followLikeness()
	u.followEdits()
	u.followFilm()
	u.followSize()
	u.followSweep()
	u.followShares()
	u.followMarks()
	u.followConcepts()
	u.followGraph()
	u.followExport()
	return u.State, u.cmds
}

// update is one step in the making: a private copy of the State and the
// commands gathered so far.
type update struct {
	State
	cmds []Cmd
}

func (u *update) do(c ...Cmd) { u.cmds = append(u.cmds, c...) }

// cancel ends the job in a slot, if one runs, and empties the slot.
func (u *update) cancel(slot *JobID) {
	if *slot != 0 {
		u.do(Cancel{Job: *slot})
		*slot = 0
	}
}

func (u *update) apply(m Msg) {
	switch m := m.(type) {
	case EngineReady:
		u.engineReady(m)
	case EngineFailed:
		u.Phase, u.Trouble = Failed, m.Err
	case DevicesListed:
		u.Devices = m.Devices
	case MemoryRead:
		u.memoryRead(m)
	case ModelsListed:
		u.Known = m.Known
	case DevicePicked:
		u.devicePicked(m.ID)
	case PrecisionSet:
		u.precisionSet(m)
	case Progressed:
		u.progressed(m)
	case ModelPicked, ModelFetched, ModelOpened, ModelFailed, PresetPicked, LabelsPicked, LabelsRead:
		u.model(m)
	case DemonstrationPicked:
		u.demonstrate()
	case FilesGiven, FilesSorted, ItemMarked, ItemPicked, ItemStepped, ItemsVisible, StripMade:
		u.strip(m)
	case RecentCleared, RecentSeen:
		u.recent(m)
	case Pasted:
		u.pasted(m)
	case ItemNoted:
		u.noted(m)
	case FilterSet, FilterCleared:
		u.film(m)
	case ItemsExtended, ItemToggled, AllSelected, ItemsRemoved:
		u.selection(m)
	case PhotoOpened, PhotoFailed, Predicted, PredictFailed:
		u.photo(m)
	case PaneActivated, ClassPicked, KindPicked, KindParamSet, RatherPicked, MethodPicked, LayerPicked, LayerTicked, NaturalLayersPicked, ParamSet, ParamsReset, SeedSet, SizePicked, MethodPresetPicked:
		u.ask(m)
	case Waited, Explained, Sharpened, Kept, ExplainFailed, Painted:
		u.heat(m)
	case AlphaSet, AlphaStepped, ColormapPicked, SmoothSet, ModePicked, ThresholdSet, PercentileSet, ContoursSet, WipeSet, WipeToggled:
		u.style(m)
	case LayoutPicked, CompareToggled, MethodsCompared, LayersCompared, ClassesCompared, ClassPinned, PaneClosed, PaneSoloed, ShowPicked, Compared, LinksSet,
		PointerMoved, PanHeld, Zoomed, Panned, Fitted, ActualSized:
		u.stage(m)
	case ToolsToggled, ToolPicked, FillPicked, SelectingSet, BrushSized, BrushStepped, StrokeBegun, StrokeMoved, StrokeEnded, Superpixelled:
		u.marking(m)
	case EditsCleared, PaneOriginalSet, OriginalHeld, BesideToggled, PhotoEdited:
		u.whatIf(m)
	case SelectionCleared, SelectionHidden, RegionAsked, RegionNamed, RegionRenamed, RegionDeleted, RegionHidden, KnownRegionsTaken, RegionsFound, RegionsShown, Shared, MarksPainted:
		u.regions(m)
	case LikePicked, ReferenceOpened:
		u.likeness(m)
	case BoxPicked, BoxPressed:
		u.boxes(m)
	case SegmentsToggled, SegmentPressed, SegmentSwitched, SegmentsReset, Outlined, Switched:
		u.segments(m)
	case SweepToggled, Swept:
		u.sweep(m)
	case PaneCarried, PaneLetGo:
		u.carry(m)
	case LayerPinned, LayerMapCopied:
		u.layerStrip(m)
	case SettingsToggled, ScalePicked, BudgetSet, StoreCleared, StoreEmptied, ResourcesRead:
		u.settings(m)
	case TourStarted, TourStepped, TourLeft:
		u.touring(m)
	case RoomToggled, StripFolded:
		u.room(m)
	case GraphToggled, GraphOpened, GraphDrawn:
		u.graph(m)
	case ConceptPicked, ConceptsPainted:
		u.concepts(m)
	case ProjectPicked, ProjectRead, ProjectSaved, ProjectWritten, SessionCleared, SessionNotKept:
		u.sessions(m)
	case ThemePicked:
		u.Settings.Theme = m.Theme
		u.do(Remember{Key: "theme", Value: m.Theme})
	case LanguagePicked:
		u.Settings.Language = m.Tag
		u.do(Remember{Key: "language", Value: m.Tag})
	case Said:
		u.say(m.Warning, m.Text)
	case Cancelled:
		// A key that was let go while another window had the keyboard.
		u.Panning, u.Marking.Peek = false, false
		if !u.drop() && !u.letGo() {
			u.stop()
		}
	case ExportPicked, Exported:
		u.export(m)
	case PictureCopied, PictureSaved, ValuesCopied, TextCopied:
		u.copies(m)
	case JobStopped, DoneCleared:
		u.jobsDone(m)
	case Undone, Redone, Rested:
		u.rewind(m)
	}
}

func (u *update) engineReady(m EngineReady) {
	u.Phase, u.Known, u.Version, u.gallery = Ready, m.Known, m.Version, m.Gallery
	u.do(ListDevices{})
	if u.Budget > 0 {
		u.do(LimitMemory{Bytes: u.Budget << 20})
	}
	if u.options.Tour {
		u.touring(TourStarted{})
	}
	if u.Page.On {
		u.look(0)
	}
	u.lookForRecent()
	if m.SessionErr != "" {
		u.say(true, i18n.T("The last session cannot be opened and is kept aside: %s", i18n.Tell(m.SessionErr)))
	}
	if m.Session != nil {
		u.restore(*m.Session, false)
		if ref := u.options.Model; ref != "" {
			u.openModel(ref, 0)
		}
		if files := u.options.Files; len(files) > 0 {
			u.do(SortFiles{Paths: files})
		}
		return
	}
	for _, g := range m.Gallery {
		u.add(Item{Ref: g.Ref, Name: g.Title, Truth: g.Truth})
	}
	u.openModel(u.startModel(), 0)
	if files := u.options.Files; len(files) > 0 {
		u.do(SortFiles{Paths: files})
	} else if len(u.Items) > 0 {
		u.show(u.Items[0])
	}
	u.thumbs()
}

// startModel is what was asked for; else the usual one: the default, or the
// first that needs no download.
func (u *update) startModel() string {
	if u.options.Model != "" {
		return u.options.Model
	}
	return u.usualModel()
}

func (u *update) usualModel() string {
	first := ""
	for _, k := range u.Known {
		if k.Ref == DefaultModel {
			return k.Ref
		}
		if first == "" && k.Here {
			first = k.Ref
		}
	}
	return first
}

func (u *update) devicePicked(id string) {
	if id == u.Device {
		return
	}
	u.Device = id
	u.do(Remember{Key: "device", Value: id})
	u.predictAll()
	u.explainAll()
}

func (u *update) progressed(m Progressed) {
	if m.Job == 0 {
		return
	}
	if u.Model.Job == m.Job {
		u.Model.Work = m.Work
	}
	if u.Sweep.Job == m.Job {
		u.Sweep.Work = m.Work
	}
	if i := u.byJob(m.Job); i >= 0 {
		u.Panes[i].Work = m.Work
	}
}

// stop is Esc: what runs ends, what is shown stays, and a pane asks again what
// its map answers, so that no map stands under another's name.
func (u *update) stop() {
	if !u.Busy() {
		u.Selected = nil
		return
	}
	u.stopModel()
	u.cancel(&u.Export)
	u.cancel(&u.Sweep.Job)
	for i := range u.Panes {
		u.stopPane(i)
	}
	u.say(false, i18n.T("Stopped."))
}

// stopModel gives up the model on its way, with what waits for it.
func (u *update) stopModel() {
	u.cancel(&u.Model.Job)
	u.Model.then, u.Model.saved, u.restoring = nil, nil, nil
}

// stopPane gives up the map on its way; the pane asks what its map answers.
func (u *update) stopPane(pane int) {
	p := &u.Panes[pane]
	if p.Job != 0 && p.Result != nil {
		p.Question = p.answered
	}
	u.abandon(pane)
	u.cancel(&p.Job)
}

func (u *update) export(m Msg) {
	switch m := m.(type) {
	case ExportPicked:
		u.cancel(&u.Export)
		if m.Wait && len(u.Unready()) > 0 {
			// followExport begins it.
			u.Export, u.exporting = u.job(), exporting{path: m.Path, item: u.Photo.Item}
			return
		}
		u.startExport(u.job(), m.Path)
	case Exported:
		if m.Job != u.Export {
			return
		}
		u.Export = 0
		switch {
		case m.Err != "":
			u.say(true, i18n.T("Not exported: %s", i18n.Tell(m.Err)))
		case len(u.lacking) > 0:
			u.say(true, i18n.T("Exported to %s. Not in it: %s.", m.Path, strings.Join(u.lacking, i18n.T(", "))))
		default:
			u.say(false, i18n.T("Exported to %s", m.Path))
		}
	}
}

// exporting is a report that waits for the maps of a picture.
type exporting struct {
	path string
	item ItemID
}

// startExport has the maps that are finished written to a file.
func (u *update) startExport(job JobID, path string) {
	var results []task.Result
	var styles []heatmap.Style
	for _, i := range u.Exportable() {
		results, styles = append(results, *u.Panes[i].Result), append(styles, u.Panes[i].Style)
	}
	u.Export, u.exporting, u.lacking = 0, exporting{}, nil
	if len(results) == 0 {
		u.say(true, i18n.T("There is no finished heat map to export yet."))
		return
	}
	for i := range u.Shown {
		if !slices.Contains(u.Exportable(), i) {
			u.lacking = append(u.lacking, i18n.T("pane %d (%s)", i+1, u.PaneTitle(i)))
		}
	}
	// How much of each map is clipped is the engine's to say.
	u.Export = job
	u.do(Export{Job: job, Path: path, Results: results, Styles: styles, Regions: u.Regions()})
}

// followExport writes the report that waits for maps once the last of them is
// there. Esc ends the wait with the maps.
func (u *update) followExport() {
	switch e := u.exporting; {
	case e.path == "":
	case u.Export == 0:
		u.exporting = exporting{}
	case u.Current != e.item:
		u.cancel(&u.Export)
		u.exporting = exporting{}
		u.say(true, i18n.T("Not exported: another picture came before the maps were ready."))
	case len(u.Unready()) == 0:
		u.startExport(u.Export, e.path)
	}
}
