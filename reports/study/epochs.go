package study

import (
	"fmt"
	"strconv"

	"assay/metrics"
	"assay/models"
	"assay/reports"
)

// Epoch is what SFT's checkpoint after an epoch scores, over seeds.
type Epoch struct {
	Model string
	Epoch int
	// Loss is the validation loss in nats per token, Reward the reward model's score of the model's own responses to
	// validation prompts, Gold their gold utility. nil is not recorded.
	Loss, Reward, Gold *metrics.Interval
}

// epochs shows that more epochs of SFT help although the validation loss rises (section 3.4).
func (s *Study) epochs() reports.Section {
	section := reports.Section{ID: "epochs", Title: "SFT by epoch",
		Text: "The paper's SFT models overfit on validation loss after one epoch, but more epochs help the reward model's score and people's ratings, so it trains 16 epochs and chooses the checkpoint by that score (section 3.4). The reward model here is the first one, which learnt from responses of an SFT chosen by validation loss."}
	if len(s.Epochs) == 0 {
		return section
	}
	f := reports.Figure{ID: "epochs", Title: "SFT by epoch", Columns: 3, Caption: s.over("Error bars are 95% intervals", "")}
	t := reports.Table{ID: "epochs", Title: f.Title, Columns: []reports.Column{{Name: "model"}, {Name: "epoch", Align: reports.Right}}}
	series := map[string]int{}
	var x []string
	for _, e := range s.Epochs {
		if _, ok := series[e.Model]; !ok {
			series[e.Model] = len(f.Series)
			f.Series = append(f.Series, reports.Series{Name: models.ParseName(e.Model).Size, Color: len(f.Series)})
		}
		if e.Epoch > len(x) {
			x = append(x, strconv.Itoa(e.Epoch))
		}
	}
	if len(f.Series) == 1 {
		f.Series[0].Name = ""
	}
	rows := make([][]reports.Cell, len(s.Epochs))
	for i, e := range s.Epochs {
		rows[i] = []reports.Cell{{Text: e.Model}, {Text: strconv.Itoa(e.Epoch)}}
	}
	for _, of := range []struct {
		title, label string
		pick         func(*Epoch) *metrics.Interval
	}{
		{"Validation loss", "nats per token", func(e *Epoch) *metrics.Interval { return e.Loss }},
		{"Reward model's score", "score", func(e *Epoch) *metrics.Interval { return e.Reward }},
		{"Gold utility", "gold utility", func(e *Epoch) *metrics.Interval { return e.Gold }},
	} {
		p := reports.Panel{Title: of.title, XLabel: "epoch", YLabel: of.label, X: x, Mark: reports.Lines}
		for i := range s.Epochs {
			e := &s.Epochs[i]
			in, cell := of.pick(e), reports.Cell{Text: "-"}
			if in != nil {
				cell = reports.IntervalCell(in, 3)
				p.Points = append(p.Points, reports.Point{Series: series[e.Model], X: e.Epoch - 1, Y: in.Point, Lo: in.Lo, Hi: in.Hi})
			}
			rows[i] = append(rows[i], cell)
		}
		if len(p.Points) > 0 {
			f.Panels = append(f.Panels, p)
		}
		t.Columns = append(t.Columns, reports.Column{Name: fmt.Sprintf("%s [95%%]", of.title), Align: reports.Right})
	}
	t.Rows, t.Notes = rows, []string{s.over("Intervals are", "")}
	section.Figures, section.Tables = []reports.Figure{f}, []reports.Table{t}
	return section
}
