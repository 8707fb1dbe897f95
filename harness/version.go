package harness

import (
	"cmp"
	"runtime"
	"runtime/debug"
)

// Version is assay's own.
const Version = "0.1.0"

// commit is set by make build, for builds that go doesn't stamp.
var commit string

// CurrentVersions describes the running program.
func CurrentVersions() Versions {
	v := Versions{Assay: Version, Go: runtime.Version(), CPU: runtime.GOOS + "/" + runtime.GOARCH}
	if info, ok := debug.ReadBuildInfo(); ok {
		v.Commit = cmp.Or(commitOf(info), commit)
	}
	return v
}

// commitOf returns the commit that a program was built from, as stamped by go build, and
// whether files were modified since; "" if it was built outside version control.
func commitOf(info *debug.BuildInfo) string {
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	commit := settings["vcs.revision"]
	if commit != "" && settings["vcs.modified"] == "true" {
		commit += " (modified)"
	}
	return commit
}

// String is what --version prints: "0.1.0, commit 5f3c... (modified)".
func (v Versions) String() string {
	if v.Commit == "" {
		return v.Assay
	}
	return v.Assay + ", commit " + v.Commit
}
