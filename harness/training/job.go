package training

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"

	"assay/harness"
	"assay/harness/runstore"
	"assay/models"
	"assay/models/compute/kernels"
)

// NewJob describes a training in a folder: its plan in canonical form with the files that it
// read, the program and CPU path, and the model, whose fingerprint is a hash of all that
// determines its weights. The caller adds the rest.
func NewJob(dir runstore.Dir, cpu *kernels.CPU, plan harness.Plan, parameters int) *Job {
	v := harness.CurrentVersions()
	v.CPU += " " + cpu.Path().String()
	h := sha256.New()
	h.Write(plan.Train)
	for _, s := range plan.Sources {
		h.Write([]byte(s.SHA256))
	}
	return &Job{
		Plan: plan, Versions: v,
		Info: models.Info{
			Name: filepath.Base(filepath.Clean(string(dir))), Parameters: float64(parameters),
			Fingerprint: "trained:" + hex.EncodeToString(h.Sum(nil)[:16]),
		},
	}
}
