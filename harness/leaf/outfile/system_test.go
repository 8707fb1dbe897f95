//go:build unix

package outfile_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"assay/harness/leaf/outfile"
)

func mode(t *testing.T, path string) fs.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode()
}

// A new file and a new folder have the umask's mode; an existing file keeps its own.
func TestModes(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o027))
	dir := t.TempDir()
	path := filepath.Join(dir, "out")
	write(t, path, "x")
	if got := mode(t, path); got != 0o640 {
		t.Errorf("mode of a new file %v under umask 027, want 0640", got)
	}
	for _, m := range []fs.FileMode{0o600, 0o664, 0o755} {
		if err := os.Chmod(path, m); err != nil {
			t.Fatal(err)
		}
		write(t, path, "y")
		if got := mode(t, path); got != m {
			t.Errorf("mode %v after a replacement, want %v", got, m)
		}
	}
	d, err := outfile.CreateFolder(filepath.Join(dir, "a/b/run"), "manifest")
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(d.Dir(), "manifest"), "x")
	if err := d.Commit(); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]fs.FileMode{"a": 0o750 | fs.ModeDir, "a/b/run": 0o750 | fs.ModeDir, "a/b/run/manifest": 0o640} {
		if got := mode(t, filepath.Join(dir, name)); got != want {
			t.Errorf("mode of %s %v, want %v", name, got, want)
		}
	}
}

func TestOwner(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root may give files away")
	}
	path := filepath.Join(t.TempDir(), "out")
	write(t, path, "x")
	if err := os.Chown(path, 1234, 5678); err != nil {
		t.Skipf("root may not give files away here: %v", err)
	}
	write(t, path, "y")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if s := info.Sys().(*syscall.Stat_t); s.Uid != 1234 || s.Gid != 5678 {
		t.Errorf("owner %d:%d after a replacement, want 1234:5678", s.Uid, s.Gid)
	}
}

// A link stays, and what it leads to is replaced: a file, another link, or nothing yet.
func TestLinks(t *testing.T) {
	dir := t.TempDir()
	for _, d := range []string{"real/deep", "links"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(dir, "real/file"), "old")
	for link, to := range map[string]string{
		"links/relative": "../real/file",
		"links/absolute": filepath.Join(dir, "real/file"),
		"links/second":   "relative",
		"links/new":      "../real/new",
		"links/folder":   "../real/deep",
		"real/deep/up":   "../file", // relative to real/deep, through links/folder too
	} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	for path, real := range map[string]string{
		"links/relative": "real/file", "links/absolute": "real/file", "links/second": "real/file",
		"links/new": "real/new", "links/folder/up": "real/file", "links/folder/x": "real/deep/x", "links/folder/../beside": "real/beside",
	} {
		write(t, dir+"/"+path, path)
		holds(t, filepath.Join(dir, real), path)
		if info, err := os.Lstat(filepath.Join(dir, real)); err != nil || !info.Mode().IsRegular() {
			t.Errorf("%s is %v, error %v; want a file", real, info, err)
		}
	}
	only(t, filepath.Join(dir, "links"), "relative", "absolute", "second", "new", "folder")
	only(t, filepath.Join(dir, "real"), "file", "new", "deep", "beside")
	for _, link := range []string{"links/relative", "links/second", "links/new", "links/folder", "real/deep/up"} {
		if info, err := os.Lstat(filepath.Join(dir, link)); err != nil || info.Mode()&fs.ModeSymlink == 0 {
			t.Errorf("%s is no link any more: error %v", link, err)
		}
	}
}

func TestFIFO(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	content := strings.Repeat("through the pipe ", 50_000)
	read := make(chan string)
	go func() {
		data, err := os.ReadFile(path)
		if err != nil {
			data = []byte(err.Error())
		}
		read <- string(data)
	}()
	write(t, path, content)
	if got := <-read; got != content {
		t.Errorf("%d bytes came through the pipe, want %d", len(got), len(content))
	}
	if got := mode(t, path); got != 0o600|fs.ModeNamedPipe {
		t.Errorf("the pipe is %v now", got)
	}
	only(t, filepath.Dir(path), "pipe")
}

func TestDevice(t *testing.T) {
	before := mode(t, os.DevNull)
	write(t, os.DevNull, strings.Repeat("x", 100_000))
	if got := mode(t, os.DevNull); got != before || got&fs.ModeDevice == 0 {
		t.Errorf("%s is %v now, was %v", os.DevNull, got, before)
	}
	if runtime.GOOS == "linux" {
		err := outfile.WriteBytes("/dev/full", []byte("x"))
		if !errors.Is(err, syscall.ENOSPC) || err.Error() != "write /dev/full: no space left on device" {
			t.Errorf("/dev/full: error %v", err)
		}
	}
}

// helper runs this test program with a task for TestMain.
func helper(task string, args ...string) *exec.Cmd {
	c := exec.Command(os.Args[0], args...)
	c.Env = append(os.Environ(), "OUTFILE_TASK="+task)
	return c
}

func TestMain(m *testing.M) {
	switch os.Getenv("OUTFILE_TASK") {
	case "write": // to each of the paths
		for _, path := range os.Args[1:] {
			os.Stdout.WriteString("before ")
			if err := outfile.WriteBytes(path, []byte("content ")); err != nil {
				os.Stderr.WriteString(err.Error())
				os.Exit(1)
			}
			os.Stdout.WriteString("after\n")
		}
	case "hang": // in the middle of a file and of a folder
		f, err := outfile.Create(os.Args[1] + "/file")
		if err == nil {
			_, err = io.WriteString(f, strings.Repeat("half", 100_000))
		}
		var d *outfile.Folder
		if err == nil {
			d, err = outfile.CreateFolder(os.Args[1]+"/folder", "mark")
		}
		if err == nil {
			err = outfile.WriteBytes(d.Dir()+"/mark", nil)
		}
		if err != nil {
			os.Stdout.WriteString(err.Error())
		}
		os.Stdout.WriteString("hanging\n")
		time.Sleep(time.Hour)
		runtime.KeepAlive(f) // or their locks would end
		runtime.KeepAlive(d)
	default:
		os.Exit(m.Run())
	}
}

// Standard output is written where it leads: into a pipe, or behind what a shell's file
// has already.
func TestStandardOutput(t *testing.T) {
	paths := []string{"/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "/proc/thread-self/fd/1"}
	if runtime.GOOS != "linux" {
		paths = paths[:2]
	}
	want := strings.Repeat("before content after\n", len(paths))
	out, err := helper("write", paths...).Output()
	if err != nil || string(out) != want {
		t.Errorf("through a pipe %q, error %v; want %q", out, err, want)
	}
	path := filepath.Join(t.TempDir(), "out")
	for _, flag := range []int{os.O_TRUNC, os.O_APPEND} {
		write(t, path, "old\n")
		f, err := os.OpenFile(path, os.O_WRONLY|flag, 0)
		if err != nil {
			t.Fatal(err)
		}
		c := helper("write", paths...)
		c.Stdout = f
		if err := errors.Join(c.Run(), f.Close()); err != nil {
			t.Fatal(err)
		}
		if flag == os.O_APPEND {
			want = "old\n" + want
		}
		holds(t, path, want)
		only(t, filepath.Dir(path), "out")
	}
	c := helper("write", "/dev/fd/77")
	var said bytes.Buffer
	c.Stderr = &said
	if err := c.Run(); err == nil || said.String() != "write /dev/fd/77: bad file descriptor" {
		t.Errorf("a descriptor that isn't open: %v, %q", err, said.String())
	}
}

// A writer that is killed leaves no file and no folder. The next writer of the same file or
// folder removes what it left of it, but not while it runs; Sweep removes the rest.
func TestKilled(t *testing.T) {
	for _, folder := range []string{"run", "exp[1"} {
		dir := filepath.Join(t.TempDir(), folder)
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, "file"), "old")
		c := helper("hang", dir)
		out, err := c.StdoutPipe()
		if err == nil {
			err = c.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		line := make([]byte, 100)
		n, _ := out.Read(line)
		begin := func(entries int, when string) {
			t.Helper()
			d, err := outfile.CreateFolder(filepath.Join(dir, "folder"), "mark")
			if err != nil {
				t.Fatal(err)
			}
			if err := d.Abort(); err != nil {
				t.Error(err)
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) != entries {
				t.Errorf("%s: %v, error %v; want %d entries", when, left, err, entries)
			}
		}
		write(t, filepath.Join(dir, "file"), "new")
		begin(3, "while the first writer runs")
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		c.Wait()
		if string(line[:n]) != "hanging\n" {
			t.Fatalf("the writer said %q", line[:n])
		}
		holds(t, filepath.Join(dir, "file"), "new")
		if entries, err := os.ReadDir(dir); err != nil || len(entries) != 3 {
			t.Errorf("%v, error %v; want the file and two temporary entries", entries, err)
		}
		begin(2, "after the first writer was killed")
		if folder == "run" {
			if err := outfile.Sweep(dir); err != nil {
				t.Error(err)
			}
		} else {
			write(t, filepath.Join(dir, "other"), "of another name")
			write(t, filepath.Join(dir, "fil"), "of a shorter name")
			if left, err := os.ReadDir(dir); err != nil || len(left) != 4 {
				t.Errorf("after writing other files: %v, error %v; want 4 entries", left, err)
			}
			if err := errors.Join(os.Remove(filepath.Join(dir, "other")), os.Remove(filepath.Join(dir, "fil"))); err != nil {
				t.Error(err)
			}
			write(t, filepath.Join(dir, "file"), "newer")
		}
		only(t, dir, "file")
	}
}

// mounted mounts a small file system in memory, or skips the test.
func mounted(t *testing.T, options string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "mount")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	mount(t, "-t", "tmpfs", "-o", options, "none", dir)
	return dir
}

func mount(t *testing.T, args ...string) {
	t.Helper()
	if runtime.GOOS != "linux" || os.Getuid() != 0 {
		t.Skip("only root on Linux may mount")
	}
	if out, err := exec.Command("mount", args...).CombinedOutput(); err != nil {
		t.Skipf("mount %q: %v, %s", args, err, out)
	}
	at := args[len(args)-1]
	t.Cleanup(func() {
		if out, err := exec.Command("umount", at).CombinedOutput(); err != nil {
			t.Errorf("umount %s: %v, %s", at, err, out)
		}
	})
}

// A file is written into a folder that is a mount point, and a folder onto one.
func TestMountPoint(t *testing.T) {
	dir := mounted(t, "size=1m")
	write(t, filepath.Join(dir, "out"), "x")
	write(t, filepath.Join(dir, "out"), "y")
	holds(t, filepath.Join(dir, "out"), "y")
	for _, content := range []string{"one", "two"} {
		d, err := outfile.CreateFolder(dir, "mark")
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(d.Dir(), "mark"), content)
		if err := d.Commit(); err != nil {
			t.Fatal(err)
		}
		holds(t, filepath.Join(dir, "mark"), content)
		only(t, dir, "out", "mark")
	}
}

// A file that is a mount point itself, as containers have them, gets the content.
func TestMountedFile(t *testing.T) {
	dir := t.TempDir()
	from, at := filepath.Join(dir, "from"), filepath.Join(dir, "at")
	write(t, from, "a longer old content")
	write(t, at, "below")
	mount(t, "--bind", from, at)
	write(t, at, "new")
	holds(t, at, "new")
	holds(t, from, "new")
	only(t, dir, "from", "at")
}

// On a full disk the old file stays, and the error names the file.
func TestFullDisk(t *testing.T) {
	dir := mounted(t, "size=256k")
	path := filepath.Join(dir, "out")
	write(t, path, "old")
	err := outfile.WriteBytes(path, make([]byte, 1<<20))
	if !errors.Is(err, syscall.ENOSPC) || err.Error() != "write "+path+": no space left on device" {
		t.Errorf("error %v", err)
	}
	holds(t, path, "old")
	only(t, dir, "out")
}

func TestReadOnly(t *testing.T) {
	dir := mounted(t, "size=64k")
	write(t, filepath.Join(dir, "old"), "old")
	if out, err := exec.Command("mount", "-o", "remount,ro", dir).CombinedOutput(); err != nil {
		t.Skipf("remount: %v, %s", err, out)
	}
	for _, name := range []string{"old", "new"} {
		path := filepath.Join(dir, name)
		if err := outfile.WriteBytes(path, []byte("x")); err == nil || err.Error() != "write "+path+": read-only file system" {
			t.Errorf("error %v", err)
		}
	}
	if _, err := outfile.CreateFolder(filepath.Join(dir, "a/b"), "mark"); !errors.Is(err, syscall.EROFS) {
		t.Errorf("folder: error %v", err)
	}
	only(t, dir, "old")
}

// Two writers of one file: each reader sees one of the contents, complete.
func TestReadersSeeOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out")
	contents := []string{strings.Repeat("a", 300_000), strings.Repeat("b", 200_000)}
	write(t, path, contents[0])
	end := time.Now().Add(200 * time.Millisecond)
	done := make(chan error)
	for _, c := range contents {
		go func() {
			var err error
			for err == nil && time.Now().Before(end) {
				err = outfile.WriteBytes(path, []byte(c))
			}
			done <- err
		}()
	}
	for reads := 0; ; reads++ {
		if got, err := os.ReadFile(path); err != nil || string(got) != contents[0] && string(got) != contents[1] {
			t.Fatalf("read %d bytes, error %v", len(got), err)
		}
		if time.Now().After(end) {
			break
		}
	}
	if err := errors.Join(<-done, <-done); err != nil {
		t.Error(err)
	}
	only(t, filepath.Dir(path), "out")
}
