package training

import (
	"io/fs"
	"math"
	"os"
	"path"
	"runtime/debug"
	"strconv"
	"strings"
)

// Room is the memory that this process may have in total, including what it already has.
type Room struct {
	Bytes int64
	By    string // the limit that determines it
}

// MemoryRoom is the least of the machine's free memory, the limits of the control groups
// (versions 1 and 2), the limit of addresses (ulimit -v) and GOMEMLIMIT. ok is false if the
// system reports none of these.
func MemoryRoom() (room Room, ok bool) {
	return roomIn(os.DirFS("/"), addressLimit(), debug.SetMemoryLimit(-1))
}

// roomIn reads it from the files of a system.
func roomIn(root fs.FS, addresses, goLimit int64) (room Room, ok bool) {
	least := func(bytes int64, by string) {
		if bytes > 0 && (!ok || bytes < room.Bytes) {
			room, ok = Room{bytes, by}, true
		}
	}
	status := fields(root, "proc/self/status")
	resident := status["VmRSS"]
	if available, known := fields(root, "proc/meminfo")["MemAvailable"]; known {
		least(available+resident, "the machine's free memory")
	}
	groups, _ := fs.ReadFile(root, "proc/self/cgroup")
	for line := range strings.Lines(string(groups)) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) != 3 {
			continue
		}
		g := cgroup{at: "sys/fs/cgroup", limit: "memory.max", usage: "memory.current", inactive: "inactive_file"}
		if parts[1] != "" {
			if !strings.Contains(","+parts[1]+",", ",memory,") {
				continue
			}
			g = cgroup{at: "sys/fs/cgroup/memory", limit: "memory.limit_in_bytes", usage: "memory.usage_in_bytes", inactive: "total_inactive_file"}
		}
		for dir := path.Clean("/" + parts[2]); ; dir = path.Dir(dir) {
			if left, limited := g.left(root, path.Join(g.at, dir)); limited {
				least(left+resident, "the limit of the control group "+dir)
			}
			if dir == "/" {
				break
			}
		}
	}
	if addresses > 0 {
		least(addresses-status["VmSize"]+resident, "the limit of addresses (ulimit -v)")
	}
	if goLimit < math.MaxInt64 {
		least(goLimit, "GOMEMLIMIT")
	}
	return room, ok
}

// cgroup names the files of a version of control groups.
type cgroup struct{ at, limit, usage, inactive string }

// left is what a group may still take; its cached files count as free.
func (g cgroup) left(root fs.FS, dir string) (bytes int64, limited bool) {
	limit, known := number(root, path.Join(dir, g.limit))
	if !known || limit > 1<<60 { // version 1 writes no limit as a number near 2^63
		return 0, false
	}
	usage, _ := number(root, path.Join(dir, g.usage))
	return limit - usage + statOf(root, path.Join(dir, "memory.stat"), g.inactive), true
}

// number is a file of one number.
func number(root fs.FS, name string) (n int64, known bool) {
	data, err := fs.ReadFile(root, name)
	if err != nil {
		return 0, false
	}
	n, err = strconv.ParseInt(strings.TrimSpace(string(data)), 10, 64)
	return n, err == nil
}

// statOf is a value of lines "name number".
func statOf(root fs.FS, name, field string) int64 {
	data, _ := fs.ReadFile(root, name)
	for line := range strings.Lines(string(data)) {
		if value, found := strings.CutPrefix(line, field+" "); found {
			n, _ := strconv.ParseInt(strings.TrimSpace(value), 10, 64)
			return n
		}
	}
	return 0
}

// fields are lines "Name:   123 kB", in bytes.
func fields(root fs.FS, name string) map[string]int64 {
	all := map[string]int64{}
	data, _ := fs.ReadFile(root, name)
	for line := range strings.Lines(string(data)) {
		field, value, _ := strings.Cut(line, ":")
		value, kilo := strings.CutSuffix(strings.TrimSpace(value), " kB")
		if n, err := strconv.ParseInt(value, 10, 64); err == nil && kilo {
			all[field] = n << 10
		}
	}
	return all
}

// Resident is the memory that this process has now, in bytes, without what it could
// release; 0 if the system doesn't say.
func Resident() int64 {
	debug.FreeOSMemory()
	return fields(os.DirFS("/"), "proc/self/status")["VmRSS"]
}

// Garbage is how much memory may wait to be collected, in bytes, including what the runtime
// uses itself.
const Garbage = 16 << 20

// LimitGarbage limits the memory that waits to be collected to [Garbage], or to a few percent
// of the bytes in use. By default it may be as much as is in use.
func LimitGarbage(inUse int64) {
	if percent := int(100 * Garbage / max(inUse, 1)); percent < 100 && os.Getenv("GOGC") == "" {
		debug.SetGCPercent(max(percent, 3))
	}
}
