package state

import (
	"fmt"
	"reflect"
)

// What a message is to the history.
type act int

const (
	// answers bring what a command found out. What they change is no step: it
	// belongs to the one that asked for it.
	answers act = iota
	// steps are what a person does.
	steps
	// strokes are steps of which those that follow at once are one: a slider
	// that is dragged, a number that is typed.
	strokes
	// walks are steps of which those that follow, however late, are one.
	walks
	// looks change no document.
	looks
)

// doing says what a message is to the history, and what its step is called: a
// key of i18n, in the middle of a sentence ("Undo: method").
type doing struct {
	act  act
	name string
	// of tells apart what is changed by messages of the same type; nil where
	// they all change the same.
	of func(Msg) string
}

// kind is the doing of the messages of one type.
func kind[M Msg](act act, name string) entry {
	return entry{reflect.TypeFor[M](), doing{act: act, name: name}}
}

// kindOf is the same where messages of the type change different things.
func kindOf[M Msg](act act, name string, of func(M) string) entry {
	return entry{reflect.TypeFor[M](), doing{act, name, func(m Msg) string { return of(m.(M)) }}}
}

type entry struct {
	of    reflect.Type
	doing doing
}

// doings has a line for every message; a test finds those without.
var doings = gather([]entry{
	// The question.
	kind[ClassPicked](steps, "class"),
	kind[KindPicked](steps, "what is explained"),
	kind[KindParamSet](steps, "what is explained"),
	kind[RatherPicked](steps, "rather than"),
	kind[MethodPicked](steps, "method"),
	kind[LayerPicked](steps, "layer"),
	kind[LayerTicked](steps, "layer"),
	kind[NaturalLayersPicked](steps, "layer"),
	kind[ConceptPicked](steps, "concept"),
	kindOf(strokes, "setting", func(m ParamSet) string { return fmt.Sprint(m.Pane, m.ID) }),
	kind[ParamsReset](steps, "settings"),
	kindOf(strokes, "seed", func(m SeedSet) string { return fmt.Sprint(m.Pane) }),
	kind[MethodPresetPicked](steps, "settings"),
	kind[SizePicked](steps, "input size"),

	// The stage.
	kind[CompareToggled](steps, "panes"),
	kind[LayoutPicked](steps, "panes"),
	kind[MethodsCompared](steps, "compare methods"),
	kind[LayersCompared](steps, "compare layers"),
	kind[ClassesCompared](steps, "compare classes"),
	kind[ClassPinned](steps, "pin a class"),
	kind[PaneClosed](steps, "close a pane"),
	kind[PaneSoloed](steps, "pane alone"),
	kind[ShowPicked](steps, "what a pane shows"),
	kind[LinksSet](steps, "links between panes"),
	kind[SegmentsToggled](steps, "segments"),
	kind[SegmentPressed](steps, "segments"),
	kind[SegmentSwitched](steps, "segments"),
	kind[SegmentsReset](steps, "segments"),
	kind[PaneActivated](looks, ""),
	kind[PointerMoved](looks, ""),
	kind[PanHeld](looks, ""),
	kind[Zoomed](looks, ""),
	kind[Panned](looks, ""),
	kind[Fitted](looks, ""),
	kind[ActualSized](looks, ""),
	kind[SweepToggled](looks, ""),
	kind[LayerPinned](steps, "pin a layer"),
	kind[LayerMapCopied](looks, ""),
	kind[PaneCarried](looks, ""),
	kind[PaneLetGo](looks, ""),
	kind[Kept](looks, ""),

	// The overlay.
	kind[AlphaSet](strokes, "opacity"),
	kind[AlphaStepped](strokes, "opacity"),
	kind[ColormapPicked](steps, "colours"),
	kind[SmoothSet](steps, "resolution"),
	kind[ModePicked](steps, "overlay"),
	kind[ThresholdSet](strokes, "threshold"),
	kind[PercentileSet](strokes, "threshold"),
	kind[ContoursSet](strokes, "contour lines"),
	kindOf(strokes, "before/after line", func(m WipeSet) string { return fmt.Sprint(m.Pane) }),
	kind[WipeToggled](steps, "before/after line"),

	// The filmstrip.
	kind[FilesGiven](steps, "pictures"),
	kind[FilesSorted](steps, "pictures"),
	kind[ItemPicked](steps, "picture"),
	kind[ItemStepped](walks, "picture"),
	kind[ItemMarked](steps, "mark"),
	kind[ItemNoted](strokes, "note"),
	kind[ItemsExtended](walks, "picture"),
	kind[ItemToggled](looks, ""),
	kind[AllSelected](looks, ""),
	kind[ItemsRemoved](steps, "taken from the filmstrip"),
	kind[FilterSet](strokes, "filter"),
	kind[FilterCleared](steps, "filter"),
	kind[Pasted](looks, ""),
	kind[RecentCleared](looks, ""),
	kind[ItemsVisible](looks, ""),

	// Parts of the picture.
	kind[StrokeBegun](looks, ""),
	// A stroke that becomes too long is ended and another begun.
	kind[StrokeMoved](steps, "marked part"),
	kind[StrokeEnded](steps, "marked part"),
	kind[EditsCleared](steps, "show all of the picture"),
	kind[PaneOriginalSet](steps, "original in a pane"),
	kind[BesideToggled](steps, "original beside"),
	kind[SelectionCleared](steps, "selection"),
	kind[SelectionHidden](steps, "hidden part"),
	kind[RegionNamed](steps, "region"),
	kind[RegionRenamed](steps, "region"),
	kind[RegionDeleted](steps, "region"),
	kind[RegionHidden](steps, "hidden part"),
	kind[RegionAsked](steps, "part that is asked about"),
	kind[LikePicked](steps, "reference picture"),
	kind[ReferenceOpened](steps, "reference picture"),
	kind[BoxPicked](steps, "detector's box"),
	kind[BoxPressed](steps, "detector's box"),
	kind[KnownRegionsTaken](looks, ""),
	kind[RegionsFound](steps, "region"),
	kind[RegionsShown](looks, ""),
	kind[OriginalHeld](looks, ""),
	kind[ToolsToggled](looks, ""),
	kind[ToolPicked](looks, ""),
	kind[FillPicked](looks, ""),
	kind[SelectingSet](looks, ""),
	kind[BrushSized](looks, ""),
	kind[BrushStepped](looks, ""),

	// Models, projects and the program.
	kind[ModelPicked](steps, "model"),
	kind[DemonstrationPicked](steps, "demonstration"),
	kind[PresetPicked](steps, "preprocessing"),
	kind[LabelsPicked](steps, "class names"),
	kind[LabelsRead](steps, "class names"),
	kind[ProjectPicked](steps, "open project"),
	kind[ProjectRead](steps, "open project"),
	kind[SessionCleared](steps, "close all"),
	kind[Cancelled](steps, "stop"),
	kind[JobStopped](steps, "stop"),
	kind[DoneCleared](looks, ""),
	kind[Took](answers, ""),
	kind[PictureCopied](looks, ""),
	kind[PictureSaved](looks, ""),
	kind[ValuesCopied](looks, ""),
	kind[TextCopied](looks, ""),
	kind[ProjectSaved](looks, ""),
	kind[ExportPicked](looks, ""),
	kind[DevicePicked](looks, ""),
	kind[PrecisionSet](looks, ""),
	kind[ThemePicked](looks, ""),
	kind[LanguagePicked](looks, ""),
	kind[SettingsToggled](looks, ""),
	kind[ScalePicked](looks, ""),
	kind[BudgetSet](looks, ""),
	kind[StoreCleared](looks, ""),
	kind[TourStarted](looks, ""),
	kind[TourStepped](looks, ""),
	kind[TourLeft](looks, ""),
	kind[RoomToggled](looks, ""),
	kind[StripFolded](looks, ""),
	kind[GraphToggled](looks, ""),
	kind[GraphOpened](looks, ""),
	kind[Said](looks, ""),
	kind[Undone](looks, ""),
	kind[Redone](looks, ""),
	kind[Rested](looks, ""),

	// Answers.
	kind[EngineReady](answers, ""),
	kind[EngineFailed](answers, ""),
	kind[DevicesListed](answers, ""),
	kind[ModelsListed](answers, ""),
	kind[Progressed](answers, ""),
	kind[ModelFetched](answers, ""),
	kind[ModelOpened](answers, ""),
	kind[ModelFailed](answers, ""),
	kind[StripMade](answers, ""),
	kind[RecentSeen](answers, ""),
	kind[ConceptsPainted](answers, ""),
	kind[GraphDrawn](answers, ""),
	kind[ResourcesRead](answers, ""),
	kind[StoreEmptied](answers, ""),
	kind[PhotoOpened](answers, ""),
	kind[PhotoFailed](answers, ""),
	kind[Predicted](answers, ""),
	kind[PredictFailed](answers, ""),
	kind[Waited](answers, ""),
	kind[Explained](answers, ""),
	kind[MemoryRead](answers, ""),
	kind[Sharpened](answers, ""),
	kind[ExplainFailed](answers, ""),
	kind[Painted](answers, ""),
	kind[Compared](answers, ""),
	kind[Outlined](answers, ""),
	kind[Switched](answers, ""),
	kind[Swept](answers, ""),
	kind[ProjectWritten](answers, ""),
	kind[SessionNotKept](answers, ""),
	kind[Exported](answers, ""),
	kind[PhotoEdited](answers, ""),
	kind[Superpixelled](answers, ""),
	kind[Shared](answers, ""),
	kind[MarksPainted](answers, ""),
})

func gather(all []entry) map[reflect.Type]doing {
	out := map[reflect.Type]doing{}
	for _, e := range all {
		if _, twice := out[e.of]; twice {
			panic(fmt.Sprintf("state: two lines for %v", e.of))
		}
		out[e.of] = e.doing
	}
	return out
}
