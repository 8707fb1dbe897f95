package training

import (
	"math"
	"testing"
	"testing/fstest"
)

// The available memory is the least of what the machine, the control groups, the limit of
// addresses and GOMEMLIMIT leave.
func TestMemoryRoom(t *testing.T) {
	const mega = 1 << 20
	machine := fstest.MapFS{
		"proc/meminfo":     {Data: []byte("MemTotal:  8388608 kB\nMemAvailable:  4194304 kB\n")},
		"proc/self/status": {Data: []byte("Name:\tassay\nVmSize:\t  512000 kB\nVmRSS:\t  102400 kB\n")},
		"proc/self/cgroup": {Data: []byte("0::/a/b\n")},
	}
	with := func(files map[string]string) fstest.MapFS {
		all := fstest.MapFS{}
		for name, f := range machine {
			all[name] = f
		}
		for name, text := range files {
			all[name] = &fstest.MapFile{Data: []byte(text)}
		}
		return all
	}
	for _, tt := range []struct {
		name               string
		files              map[string]string
		addresses, goLimit int64
		want               int64 // MB
		by                 string
	}{
		{"the machine", nil, 0, math.MaxInt64, 4096 + 100, "the machine's free memory"},
		{"no limit", map[string]string{"sys/fs/cgroup/a/b/memory.max": "max\n"}, 0, math.MaxInt64, 4196, "the machine's free memory"},
		{"version 2", map[string]string{"sys/fs/cgroup/a/b/memory.max": "1073741824\n", "sys/fs/cgroup/a/b/memory.current": "524288000\n",
			"sys/fs/cgroup/a/b/memory.stat": "anon 1\ninactive_file 209715200\n"}, 0, math.MaxInt64, 1024 - 500 + 200 + 100, "the limit of the control group /a/b"},
		{"a group above", map[string]string{"sys/fs/cgroup/a/memory.max": "536870912\n", "sys/fs/cgroup/a/memory.current": "104857600\n"}, 0, math.MaxInt64, 512, "the limit of the control group /a"},
		{"version 1", map[string]string{"proc/self/cgroup": "5:cpu,cpuacct:/\n4:memory:/x\n", "sys/fs/cgroup/memory/memory.limit_in_bytes": "2147483648\n",
			"sys/fs/cgroup/memory/memory.usage_in_bytes": "104857600\n"}, 0, math.MaxInt64, 2048, "the limit of the control group /"},
		{"version 1 without a limit", map[string]string{"proc/self/cgroup": "4:memory:/\n", "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n"}, 0, math.MaxInt64, 4196, "the machine's free memory"},
		{"addresses", nil, 1000 * mega, math.MaxInt64, 1000 - 500 + 100, "the limit of addresses (ulimit -v)"},
		{"GOMEMLIMIT", nil, 0, 300 * mega, 300, "GOMEMLIMIT"},
	} {
		room, ok := roomIn(with(tt.files), tt.addresses, tt.goLimit)
		if !ok || room.Bytes/mega != tt.want || room.By != tt.by {
			t.Errorf("%s: %d MB by %q, want %d by %q", tt.name, room.Bytes/mega, room.By, tt.want, tt.by)
		}
	}
	if _, ok := roomIn(fstest.MapFS{}, 0, math.MaxInt64); ok {
		t.Error("a system that says nothing has a limit")
	}
}
