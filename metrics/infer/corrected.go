package infer

import (
	"assay/metrics"
	"assay/metrics/stats"
)

// yesNo reports whether all values of a column are 0 or 1, the ends of its metric.
func (col *Column) yesNo() bool {
	for _, x := range col.stats {
		if x != 0 && x != 1 {
			return false
		}
	}
	return col.metric.Lo == 0 && col.metric.Hi == 1
}

// corrected gives an estimate the judge's share of yes, corrected by its errors on the labelled answers
// ([stats.RoganGladen]), or a warning why it has none. It is for labels and judges that say yes or no.
// Without an unlabelled answer there is nothing to correct.
func (j *Joined) corrected(e *metrics.Estimate, p *stats.PPI) {
	if !j.yesNo || p.Labelled == p.Judged {
		return
	}
	c, err := stats.RoganGladen(j.units, tail)
	if err != nil {
		e.Warnings = append(e.Warnings, "not corrected by Rogan-Gladen: "+err.Error())
		return
	}
	e.Corrected = &metrics.Corrected{Point: c.Share, Lo: c.Lo, Hi: c.Hi, Sensitivity: c.Sensitivity, Specificity: c.Specificity}
}
