package harness

import (
	"runtime/debug"
	"testing"
)

func TestCommit(t *testing.T) {
	for _, tt := range []struct {
		settings []debug.BuildSetting
		want     string
	}{
		{nil, "0.1.0"},
		{[]debug.BuildSetting{{Key: "-trimpath", Value: "true"}, {Key: "vcs.modified", Value: "false"}, {Key: "vcs.revision", Value: "5f3c"}}, "0.1.0, commit 5f3c"},
		{[]debug.BuildSetting{{Key: "vcs.modified", Value: "true"}, {Key: "vcs.revision", Value: "5f3c"}}, "0.1.0, commit 5f3c (modified)"},
		{[]debug.BuildSetting{{Key: "vcs.modified", Value: "true"}}, "0.1.0"},
	} {
		v := Versions{Assay: "0.1.0", Commit: commitOf(&debug.BuildInfo{Settings: tt.settings})}
		if got := v.String(); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.settings, got, tt.want)
		}
	}
	if v := CurrentVersions(); v.Assay != Version || v.Go == "" || v != CurrentVersions() {
		t.Errorf("this program is %+v", v)
	}
}
