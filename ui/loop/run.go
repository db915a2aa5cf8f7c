package loop

import (
	"context"
	"time"

	"seewhy/analysis/heatmap"
	"seewhy/analysis/task"
	"seewhy/ui/state"
)

// run carries out one command.
func (l *Loop) run(c state.Cmd) {
	switch c := c.(type) {
	case state.Boot:
		l.boot()
	case state.Cancel:
		if cancel := l.jobs[c.Job]; cancel != nil {
			cancel()
		}
	case state.ReadProject:
		l.job(0, func(context.Context, Engine) state.Msg { return readProject(c.Path) })
	case state.WriteProject:
		l.job(0, func(ctx context.Context, _ Engine) state.Msg { return writeProject(ctx, c) })
	case state.Remember:
		if l.config.Remember != nil {
			l.config.Remember(c.Key, c.Value)
		}
	case state.Thumbs:
		l.want(c)
	case state.Paste:
		l.job(0, func(ctx context.Context, _ Engine) state.Msg { return l.paste(ctx, c) })
	case state.LookForRecent:
		l.job(0, func(context.Context, Engine) state.Msg { return lookForRecent(c.Paths) })
	case state.Survey:
		l.survey(c)
	case state.ListDevices:
		l.job(0, func(ctx context.Context, e Engine) state.Msg { return state.DevicesListed{Devices: e.Devices(ctx)} })
	case state.ReadMemory:
		l.jobAfter(c.Job, c.After, func(ctx context.Context, e Engine) state.Msg {
			return state.MemoryRead{Job: c.Job, Memory: e.Memory(ctx, c.Device)}
		})
	case state.ListModels:
		l.job(0, func(_ context.Context, e Engine) state.Msg { return state.ModelsListed{Known: e.KnownModels()} })
	case state.SortFiles:
		l.job(0, func(ctx context.Context, _ Engine) state.Msg { return sortFiles(ctx, c.Paths) })
	case state.FetchModel, state.OpenModel, state.Configure, state.ReadLabels:
		l.runModel(c)
	case state.OpenPhoto:
		l.job(c.Job, func(ctx context.Context, e Engine) state.Msg { return l.openPhoto(ctx, e, c) })
	case state.Predict:
		l.job(c.Job, func(ctx context.Context, e Engine) state.Msg {
			p, err := e.Predict(ctx, c.Task)
			if err != nil {
				return state.PredictFailed{Job: c.Job, Err: err.Error()}
			}
			return state.Predicted{Job: c.Job, Item: c.Item, Prediction: p}
		})
	case state.Explain:
		l.explain(c)
	case state.Keep:
		if keep := l.keeps[c.Job]; keep != nil {
			close(keep)
			delete(l.keeps, c.Job)
		}
	case state.Wait:
		l.jobAfter(c.Job, c.For, func(context.Context, Engine) state.Msg { return state.Waited{Job: c.Job} })
	case state.ComposePicture:
		l.job(0, func(context.Context, Engine) state.Msg { return l.compose(c) })
	case state.CopyValues:
		l.job(0, func(context.Context, Engine) state.Msg { return l.copyText(table(c.Map), copied(c.Map)) })
	case state.CopyText:
		l.job(0, func(context.Context, Engine) state.Msg { return l.copyText(c.Text, c.What) })
	case state.Switch:
		l.job(c.Job, func(ctx context.Context, e Engine) state.Msg {
			p, err := e.Toggle(ctx, c.Task, c.Segments, c.Off)
			return state.Switched{Job: c.Job, Prediction: p, Err: words(err)}
		})
	case state.OutlineSegments:
		l.job(c.Job, func(context.Context, Engine) state.Msg {
			// Without borders the switches still work; Outlines fails on
			// segments that SegmentAt refuses too.
			img, _ := heatmap.Outlines(c.Segments, c.Off, c.Place, c.Width, c.Height)
			return state.Outlined{Job: c.Job, Image: img}
		})
	case state.OpenReference:
		l.job(c.Job, func(ctx context.Context, e Engine) state.Msg { return openReference(ctx, e, c) })
	case state.EditPhoto:
		l.job(c.Job, func(ctx context.Context, _ Engine) state.Msg { return l.easels.edited(ctx, c) })
	case state.FindRegions:
		l.job(0, func(_ context.Context, e Engine) state.Msg {
			regions, err := e.GalleryRegions(c.Ref)
			return state.RegionsFound{Item: c.Item, Regions: regions, Err: words(err)}
		})
	case state.SegmentPhoto:
		l.job(c.Job, func(ctx context.Context, e Engine) state.Msg { return segmentPhoto(ctx, e, c) })
	case state.Share:
		l.job(c.Job, func(context.Context, Engine) state.Msg { return share(c) })
	case state.PaintMarks:
		l.job(c.Job, func(context.Context, Engine) state.Msg { return paintMarks(c) })
	case state.SweepLayers:
		l.job(c.Job, func(ctx context.Context, e Engine) state.Msg { return sweep(ctx, e, c, l.progress(c.Job)) })
	case state.ReadResources:
		l.jobAfter(c.Job, c.After, func(ctx context.Context, e Engine) state.Msg { return readResources(ctx, e, c) })
	case state.LimitMemory:
		// At once, so that the last of a slider's is the one that holds.
		l.present().SetBudget(c.Bytes)
	case state.ClearStore:
		l.job(0, func(ctx context.Context, e Engine) state.Msg {
			return state.StoreEmptied{ID: c.ID, Err: words(e.ClearStore(ctx, c.ID))}
		})
	case state.DrawGraph:
		l.job(c.Job, func(ctx context.Context, e Engine) state.Msg { return drawGraph(ctx, e, c) })
	case state.PaintConcepts:
		l.job(c.Job, func(context.Context, Engine) state.Msg { return paintConcepts(c) })
	case state.Compare:
		l.job(c.Job, func(context.Context, Engine) state.Msg { return compare(c) })
	case state.Paint:
		l.job(c.Job, func(context.Context, Engine) state.Msg { return l.painter.paint(c) })
	case state.Export:
		l.job(c.Job, func(ctx context.Context, e Engine) state.Msg {
			return state.Exported{Job: c.Job, Path: c.Path, Err: words(e.Export(ctx, c.Path, measured(c), c.Styles))}
		})
	}
}

// explain makes a map and shows what is known of it on the way.
func (l *Loop) explain(c state.Explain) {
	keep := make(chan struct{})
	l.keeps[c.Job] = keep
	l.job(c.Job, func(ctx context.Context, e Engine) state.Msg {
		maps := l.latest()
		live := task.Live{
			Progress: l.progress(c.Job), Keep: keep,
			Partial: func(r task.Result) { maps.send(state.Sharpened{Job: c.Job, Result: r}) },
		}
		r, err := e.ExplainLive(ctx, c.Task, live)
		if err != nil {
			return state.ExplainFailed{Job: c.Job, Err: err.Error(), Lighter: task.LighterThan(err)}
		}
		return state.Explained{Job: c.Job, Result: r}
	})
}

func (l *Loop) boot() {
	l.job(0, func(context.Context, Engine) state.Msg {
		e, err := l.config.Boot()
		if err != nil {
			return state.EngineFailed{Err: err.Error()}
		}
		l.guard.Lock()
		l.engine = e
		l.guard.Unlock()
		ready := state.EngineReady{Known: e.KnownModels(), Gallery: e.Gallery(), Version: e.Version()}
		s, err := l.keeper.read()
		ready.Session, ready.SessionErr = s, words(err)
		return ready
	})
}

func (l *Loop) runModel(c state.Cmd) {
	opened := func(job state.JobID, e Engine, info task.ModelInfo, err error) state.Msg {
		if err != nil {
			return state.ModelFailed{Job: job, Err: err.Error()}
		}
		return state.ModelOpened{Job: job, Info: info, Presets: e.Presets(info.Ref.SHA256)}
	}
	switch c := c.(type) {
	case state.FetchModel:
		l.job(c.Job, func(ctx context.Context, e Engine) state.Msg {
			if err := e.FetchModel(ctx, c.Ref, l.progress(c.Job)); err != nil {
				return state.ModelFailed{Job: c.Job, Err: err.Error()}
			}
			return state.ModelFetched{Job: c.Job}
		})
	case state.OpenModel:
		l.job(c.Job, func(ctx context.Context, e Engine) state.Msg {
			info, err := e.OpenModel(ctx, c.Ref, l.progress(c.Job))
			return opened(c.Job, e, info, err)
		})
	case state.Configure:
		l.job(c.Job, func(ctx context.Context, e Engine) state.Msg {
			info, err := e.Configure(ctx, c.SHA256, c.Choices)
			return opened(c.Job, e, info, err)
		})
	case state.ReadLabels:
		l.job(c.Job, func(ctx context.Context, e Engine) state.Msg {
			labels, err := e.LabelsFile(ctx, c.Path)
			if err != nil {
				return state.ModelFailed{Job: c.Job, Err: err.Error()}
			}
			return state.LabelsRead{Job: c.Job, Path: c.Path, Labels: labels}
		})
	}
}

// beat is the shortest time between two reports of one job: 20 a second.
const beat = 50 * time.Millisecond

// progress sends a job's reports on, thinned.
func (l *Loop) progress(job state.JobID) task.Progress {
	gate, begun, reports := newGate(beat), time.Now(), l.latest()
	return func(done float64, what string) {
		if now := time.Now(); gate.open(now) {
			reports.send(state.Progressed{Job: job, Work: state.Work{Done: done, What: what, Left: left(now.Sub(begun), done)}})
		}
	}
}

// left is about how long work will still take; 0 where it is too early to say.
func left(spent time.Duration, done float64) time.Duration {
	if done < 0.03 || done >= 1 || spent < time.Second {
		return 0
	}
	return time.Duration(float64(spent) * (1 - done) / done)
}

func words(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
