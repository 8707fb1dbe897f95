package study

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"assay/models"
	"assay/reports"
)

// course is what a training measured in each iteration. gold and kl are nil where some
// iteration lacks them.
type course struct {
	iteration, reward, gold, kl []float64
}

// courseOf smooths what a training measured by a running mean over a twentieth of the
// iterations to either side. KL is smoothed too, because a path over raw KL is
// unreadable.
func courseOf(steps []models.TrainStep) course {
	c := course{reward: column(steps, models.ScoreReward), gold: column(steps, models.ScoreGoldUtility), kl: column(steps, models.ScoreKL)}
	for _, step := range steps {
		c.iteration = append(c.iteration, float64(step.Step))
	}
	for _, y := range []*[]float64{&c.reward, &c.gold, &c.kl} {
		if *y != nil {
			*y = reports.RunningMean(*y, max(1, len(*y)/20))
		}
	}
	return c
}

// column is one measure of every step, or nil where a step lacks it.
func column(steps []models.TrainStep, name string) []float64 {
	var out []float64
	for _, step := range steps {
		for _, score := range slices.Concat(step.Values, step.Scores) {
			if score.Name == name {
				out = append(out, score.Value)
				break
			}
		}
	}
	if len(out) != len(steps) {
		return nil
	}
	return out
}

// mean is the mean of several courses of one length. For different lengths it is
// the first.
func mean(courses []course) course {
	of := func(pick func(course) []float64) []float64 {
		out := slices.Clone(pick(courses[0]))
		for i := range out {
			out[i] = 0
			for _, c := range courses {
				out[i] += pick(c)[i] / float64(len(courses))
			}
		}
		return out
	}
	for _, c := range courses {
		first := courses[0]
		if len(c.iteration) != len(first.iteration) || len(c.reward) != len(first.reward) || len(c.gold) != len(first.gold) || len(c.kl) != len(first.kl) {
			return first
		}
	}
	return course{
		iteration: courses[0].iteration,
		reward:    of(func(c course) []float64 { return c.reward }),
		gold:      of(func(c course) []float64 { return c.gold }),
		kl:        of(func(c course) []float64 { return c.kl }),
	}
}

// optimisation compares the reward model's score with the true value of the
// answers.
func (s *Study) optimisation() reports.Section {
	section := reports.Section{
		ID: "over-optimisation", Title: "Over-optimisation",
		Text: "PPO raises the score of a reward model, which approximates what labelers prefer and is wrong in places. Where the score still rises while the gold utility falls, the policy has learnt the reward model's errors (Gao et al., arXiv:2210.10760). The paper could not see this, because it has no gold utility.",
	}
	f := reports.Figure{
		ID: "over-optimisation", Title: "Reward model's score and gold utility", Columns: 2,
		Series:  []reports.Series{{Name: "reward model's score", Color: 0}, {Name: "gold utility", Color: 1}},
		Caption: "Left: by the KL divergence of the policy from its starting point, in nats per response, joined in the order of iterations. Right: by iteration. The curves are running means over a twentieth of the iterations to either side, over the responses that each iteration trained on.",
	}
	several := false
	var names []string
	for _, o := range s.Optimise {
		if !slices.Contains(names, o.Name) {
			names = append(names, o.Name)
		}
	}
	for _, name := range names {
		courses := s.courses(name)
		if len(courses) == 0 {
			continue
		}
		several = several || len(courses) > 1
		f.Panels = append(f.Panels, optimised(name, courses)...)
	}
	if len(f.Panels) == 0 {
		return section
	}
	if several {
		f.Caption += " Light: each seed. Dark: the mean over seeds."
	}
	section.Figures = []reports.Figure{f}
	section.Tables = []reports.Table{s.optimisedTable()}
	return section
}

// courses are those of one name that have a reward model's score, one for each
// seed.
func (s *Study) courses(name string) []course {
	var out []course
	for _, o := range s.Optimise {
		if c := courseOf(o.Steps); o.Name == name && len(c.reward) > 0 {
			out = append(out, c)
		}
	}
	return out
}

// optimised are a recipe's panels: by KL, where it was measured, and by iteration.
func optimised(name string, courses []course) []reports.Panel {
	byKL := reports.Panel{Title: name, XLabel: "KL divergence", Mark: reports.Curves}
	byStep := reports.Panel{Title: name, XLabel: "iteration", Mark: reports.Curves}
	add := func(c course, faint bool) {
		for series, y := range [][]float64{c.reward, c.gold} {
			if y == nil {
				continue
			}
			byStep.Curves = append(byStep.Curves, reports.Curve{Series: series, X: c.iteration, Y: y, Faint: faint})
			if c.kl != nil {
				byKL.Curves = append(byKL.Curves, reports.Curve{Series: series, X: c.kl, Y: y, Faint: faint, Path: true})
			}
		}
	}
	if len(courses) > 1 {
		for _, c := range courses {
			add(c, true)
		}
	}
	add(mean(courses), false)
	if len(byKL.Curves) == 0 {
		return []reports.Panel{byStep}
	}
	return []reports.Panel{byKL, byStep}
}

// optimisedTable shows where each training began, where its gold utility was best, and
// where it ended.
func (s *Study) optimisedTable() reports.Table {
	t := reports.Table{ID: "over-optimisation", Title: "Reward model's score and gold utility", Columns: []reports.Column{
		{Name: "training"}, {Name: "seed", Align: reports.Right}, {Name: "iterations", Align: reports.Right},
		{Name: "score, first", Align: reports.Right}, {Name: "score, last", Align: reports.Right},
		{Name: "gold, first", Align: reports.Right}, {Name: "gold, best", Align: reports.Right}, {Name: "best at iteration", Align: reports.Right},
		{Name: "KL at best", Align: reports.Right}, {Name: "gold, last", Align: reports.Right}, {Name: "KL, last", Align: reports.Right},
	}}
	for _, o := range s.Optimise {
		c := courseOf(o.Steps)
		if len(c.reward) == 0 {
			continue
		}
		best := -1
		for i, g := range c.gold {
			if best < 0 || g > c.gold[best] {
				best = i
			}
		}
		at := "-"
		if best >= 0 {
			at = strconv.Itoa(int(c.iteration[best]))
		}
		last := len(c.reward) - 1
		t.Rows = append(t.Rows, []reports.Cell{
			{Text: o.Name}, {Text: strconv.FormatUint(o.Seed, 10)}, {Text: strconv.Itoa(len(o.Steps))},
			place(c.reward, 0), place(c.reward, last), place(c.gold, 0), place(c.gold, best), {Text: at},
			place(c.kl, best), place(c.gold, last), place(c.kl, last),
		})
	}
	t.Notes = []string{"From the running means in the figure. KL: nats per response."}
	return t
}

// place is the cell of a value that may be missing.
func place(y []float64, i int) reports.Cell {
	if i < 0 || i >= len(y) || math.IsNaN(y[i]) {
		return reports.Cell{Text: "-"}
	}
	return reports.Cell{Text: fmt.Sprintf("%.2f", y[i]), Raw: strconv.FormatFloat(y[i], 'g', -1, 64)}
}
