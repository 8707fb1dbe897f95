package racetest_test

import (
	"runtime/debug"
	"testing"

	"assay/harness/leaf/racetest"
)

func TestSkipSequential(t *testing.T) {
	build, ok := debug.ReadBuildInfo()
	if !ok {
		t.Fatal("the test has no build information")
	}
	race := false
	for _, s := range build.Settings {
		race = race || s.Key == "-race" && s.Value == "true"
	}
	skipped := false
	t.Run("sequential", func(t *testing.T) {
		t.Cleanup(func() { skipped = t.Skipped() })
		racetest.SkipSequential(t, "nothing")
	})
	if racetest.On != race || skipped != race {
		t.Errorf("race detector: %v; On: %v; skipped: %v", race, racetest.On, skipped)
	}
}
