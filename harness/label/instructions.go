package label

import (
	_ "embed"

	"assay/harness/plan"
)

//go:embed instructions_grade.md
var gradeInstructions string

//go:embed instructions_pairwise.md
var pairwiseInstructions string

//go:embed instructions_toxicity.md
var toxicityInstructions string

// Instructions are those for a form if the plan has none: Markdown.
func Instructions(form plan.LabelForm) string {
	switch form {
	case plan.PairwiseForm:
		return pairwiseInstructions
	case plan.ToxicityForm:
		return toxicityInstructions
	}
	return gradeInstructions
}
