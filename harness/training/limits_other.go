//go:build !linux && !darwin

package training

func addressLimit() int64 { return 0 }

// DiskRoom is how many bytes may be written below a folder; ok is false if the system
// doesn't say.
func DiskRoom(string) (bytes int64, ok bool) { return 0, false }
