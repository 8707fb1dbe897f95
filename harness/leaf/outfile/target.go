package outfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// target is where a path leads.
type target struct {
	path string      // without a link at its end
	info fs.FileInfo // nil where there is nothing yet
	// descriptor is the number of an open file of this process, -1 where it is none.
	descriptor int
}

// linksMost is how many links lead from one to the other at most, as in Linux.
const linksMost = 40

// follow follows the links at a path's end. A link may lead to what doesn't exist.
func follow(path string) (target, error) {
	for range linksMost {
		dir, name := split(path)
		if name == "" {
			return target{}, errors.New("the name of a folder where a file is needed")
		}
		if n, ok := descriptorOf(dir, name); ok {
			return target{path: path, descriptor: n}, nil
		}
		info, err := os.Lstat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return target{path, nil, -1}, nil
		case err != nil:
			return target{}, cause(err)
		case info.Mode()&fs.ModeSymlink == 0:
			return target{path, info, -1}, nil
		}
		to, err := os.Readlink(path)
		if err != nil {
			return target{}, cause(err)
		}
		if !filepath.IsAbs(to) {
			to = join(dir, to)
		}
		path = to
	}
	return target{}, syscall.ELOOP
}

// descriptorOf reads /dev/fd/N, and what leads to it: the number of an open file of
// this process. Such a file may be a regular one that the shell opened for all output
// of the process, so that it must not be replaced.
func descriptorOf(dir, name string) (int, bool) {
	n, err := strconv.Atoi(name)
	if err != nil || n < 0 {
		return 0, false
	}
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return 0, false
	}
	process := "/proc/" + strconv.Itoa(os.Getpid())
	if thread, ok := strings.CutPrefix(real, process+"/task/"); ok {
		_, thread, _ = strings.Cut(thread, "/")
		return n, thread == "fd"
	}
	return n, real == "/dev/fd" || real == process+"/fd"
}

// split cuts a path into folder and name. Unlike filepath.Dir it doesn't clean: what is
// before .. may be a link, and then the folder above is another.
func split(path string) (dir, name string) {
	dir, name = filepath.Split(path)
	if dir == "" {
		dir = "."
	}
	return withoutSlash(dir), name
}

// join is a path of a folder's entry, not cleaned either.
func join(dir, name string) string {
	if dir == "." {
		return name
	}
	if !os.IsPathSeparator(dir[len(dir)-1]) {
		dir += string(filepath.Separator)
	}
	return dir + name
}

// withoutSlash takes separators off a path's end, unless it is the root.
func withoutSlash(path string) string {
	if short := strings.TrimRight(path, string(filepath.Separator)); short != "" || path == "" {
		return short
	}
	return string(filepath.Separator)
}

// errEnded is the error of using what has been committed or aborted.
var errEnded = errors.New("it has been committed or aborted already")

// fault names a file in an error, once.
func fault(path string, err error) error {
	return &fs.PathError{Op: "write", Path: path, Err: cause(err)}
}

// cause takes the operation and the path out of an error of the file system: errors of
// this package name the path that the caller knows.
func cause(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	if e, ok := errors.AsType[*os.LinkError](err); ok {
		return e.Err
	}
	return err
}
