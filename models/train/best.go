package train

import "assay/models"

func (o *Options) score(l Learner, r *models.TrainStep, at *Progress) error {
	for _, score := range o.Scores {
		got, err := score(l)
		if err == nil {
			err = Finite(got)
		}
		if err != nil {
			return err
		}
		r.Scores = append(r.Scores, got...)
	}
	r.Best = at.Better(r.Scores, o.Best, o.Higher)
	return nil
}

// Better reports whether the score of a name is the best so far, and keeps it if it is.
func (p *Progress) Better(scores []models.TrainScore, name string, higher bool) bool {
	for i := range scores {
		s := &scores[i]
		if s.Name == name && (p.Best == nil || higher && s.Value > *p.Best || !higher && s.Value < *p.Best) {
			p.Best = &s.Value
			return true
		}
	}
	return false
}
