// Package folder begins labelling in a folder by a plan, continues it, and writes its labels as rows.
package folder

import (
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json"

	"assay/harness/label"
	"assay/harness/label/work"
	"assay/harness/leaf/outfile"
	"assay/harness/leaf/plural"
	"assay/harness/leaf/rows"
	"assay/harness/plan"
)

// Open continues the labelling in a folder, or begins it by a plan, which is nil to continue whatever
// is there. links are the secrets of the links by name; nil if the old ones stay. say is given how many
// items were drawn.
func Open(dir string, p *plan.Label, newLinks bool, say func(string)) (w *work.Work, links map[string]string, err error) {
	if !work.Exists(dir) {
		if err := work.CheckFolder(dir); err != nil {
			return nil, nil, err
		}
		if p == nil {
			return nil, nil, fmt.Errorf("%s holds no labels yet; name a plan or runs: assay label serve RUN -o %s", dir, dir)
		}
		return begin(dir, p, say)
	}
	if w, err = work.Open(dir); err != nil {
		return nil, nil, err
	}
	if p != nil {
		if now, err := planText(p); err != nil || now != w.Plan {
			return nil, nil, errors.Join(fmt.Errorf("%s was begun with another plan or other runs; choose another -o, or name no plan to continue it", dir), err, w.Close())
		}
	}
	if !newLinks {
		return w, nil, nil
	}
	if links, err = w.NewLinks(); err != nil {
		return nil, nil, errors.Join(err, w.Close())
	}
	return w, links, nil
}

// planText is a plan as text, by which a changed plan is seen.
func planText(p *plan.Label) (string, error) {
	text, err := json.Marshal(p, json.Deterministic(true), json.FormatNilSliceAsNull(false))
	return fmt.Sprintf("%s too_fast %v", text, p.TooFast), err
}

// begin draws the items of a plan.
func begin(dir string, p *plan.Label, say func(string)) (*work.Work, map[string]string, error) {
	drawn, err := label.Draw(p)
	if err != nil {
		return nil, nil, err
	}
	settings := work.Settings{Seed: p.Seed, Form: p.Form, TooFast: p.TooFast.Seconds(), ScreeningPass: p.ScreeningPass, Instructions: label.Instructions(p.Form), From: drawn.From, Left: drawn.Left}
	if settings.Plan, err = planText(p); err != nil {
		return nil, nil, err
	}
	if p.Instructions != "" {
		text, err := rows.ReadFile(p.Instructions)
		if err != nil {
			return nil, nil, err
		}
		settings.Instructions = string(text)
	}
	var checks []*label.Item
	if p.Checks != "" {
		if checks, err = label.ReadChecks(p.Checks, label.FormOf(p.Form)); err != nil {
			return nil, nil, err
		}
	}
	said := fmt.Sprintf("%s to label, of %d that could be drawn", plural.Of(len(drawn.Items), "item"), drawn.From)
	if drawn.Left > 0 {
		said += fmt.Sprintf("; %s %s left out, because too few models have a text for %s", plural.Of(drawn.Left, "prompt"), plural.Word(drawn.Left, "was", "were"), plural.Word(drawn.Left, "it", "them"))
	}
	say(said)
	return work.Create(dir, settings, append(drawn.Items, checks...), label.Assign(p, drawn.Items, checks))
}

// Export writes the answers that count as rows of labels in JSON lines, complete or not at all, and
// returns how many.
func Export(w *work.Work, path string) (int, error) {
	all, err := w.Rows()
	if err != nil {
		return 0, err
	}
	return len(all), outfile.Write(path, func(to io.Writer) error {
		for _, row := range all {
			line, err := json.Marshal(row, json.Deterministic(true))
			if err != nil {
				return err
			}
			if _, err := to.Write(append(line, '\n')); err != nil {
				return err
			}
		}
		return nil
	})
}
