package state

import (
	"seewhy/analysis/task"
	"seewhy/models/prep"
)

// Shares is how much of a pane's map lies in each region.
type Shares struct {
	Of []task.RegionShare

	job     JobID
	result  *task.Result
	regions []task.Region
}

// Share measures how much of a map lies in regions.
type Share struct {
	Job     JobID
	Map     task.Map
	Region  prep.Region
	Picture prep.Size
	Regions []task.Region
}

// Shared is the answer.
type Shared struct {
	Job    JobID
	Shares []task.RegionShare
}

func (Shared) msg() {}
func (Share) cmd()  {}

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
