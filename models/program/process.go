package program

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"assay/harness/leaf/plural"
	"assay/harness/leaf/printable"
)

var (
	// errEnded is the error of a process that ended without an answer.
	errEnded = errors.New("the program ended without an answer")
	// errSlow is wrapped by the error of one that took too long.
	errSlow = errors.New("the program gave no answer")
)

// process is a running program.
type process struct {
	cmd     *exec.Cmd
	timeout time.Duration
	in, out *os.File // this side's ends of its pipes
	lines   *bufio.Reader
	errors  *tail
	done    chan struct{} // closed when it has ended
	once    sync.Once
}

// start starts a process in a group of its own.
func start(c *Config, path string) (*process, error) {
	theirIn, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	out, theirOut, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, theirIn.Close(), in.Close())
	}
	p := &process{timeout: c.Timeout, in: in, out: out, lines: bufio.NewReaderSize(out, c.MaxLine), errors: &tail{}, done: make(chan struct{})}
	p.cmd = exec.Command(path, c.Command[1:]...)
	p.cmd.Args[0] = c.Command[0]
	p.cmd.Dir, p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = c.Dir, theirIn, theirOut, p.errors
	p.cmd.Env = append(os.Environ(), "PYTHONUNBUFFERED=1") // Python writes to a pipe only when its buffer is full
	p.cmd.WaitDelay = time.Second                          // a child may keep its standard error open
	ownGroup(p.cmd)
	err = p.cmd.Start()
	err = errors.Join(err, theirIn.Close(), theirOut.Close())
	if err != nil {
		return nil, errors.Join(err, in.Close(), out.Close())
	}
	go func() {
		_ = p.cmd.Wait() // how it ended is said by what it wrote
		close(p.done)
	}()
	return p, nil
}

// ask writes a line and reads one.
func (p *process) ask(ctx context.Context, line string, last bool) (string, error) {
	limit := time.Now().Add(p.timeout)
	if err := errors.Join(p.in.SetWriteDeadline(limit), p.out.SetReadDeadline(limit)); err != nil {
		return "", err
	}
	stop := context.AfterFunc(ctx, func() { p.kill() })
	defer stop()
	written := make(chan struct{})
	go func() { // it may answer before it has read all
		defer close(written)
		if _, err := io.WriteString(p.in, line+"\n"); err == nil && last {
			_ = p.in.Close()
		}
	}()
	said, err := p.read()
	if err != nil { // nothing else ends a write to a process that doesn't read
		_ = p.in.SetWriteDeadline(time.Now())
	}
	<-written
	return said, err
}

// read reads the next line that isn't blank.
func (p *process) read() (string, error) {
	for {
		line, err := p.lines.ReadSlice('\n')
		text := strings.TrimSpace(string(line))
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			return "", fmt.Errorf("the program wrote a line of more than %s", plural.Of(p.lines.Size(), "byte"))
		case errors.Is(err, os.ErrDeadlineExceeded):
			return "", fmt.Errorf("%w within %v; it must write each answer at once, with an end of line (flush its output)", errSlow, p.timeout)
		case text != "":
			return text, nil
		case err != nil:
			return "", errEnded
		}
	}
}

// complaint is the last line that a process which has ended wrote to its standard error, for the
// end of a message.
func (p *process) complaint() string {
	select {
	case <-p.done:
	case <-time.After(5 * time.Second): // it closed its output and is still running
		return ""
	}
	if line := p.errors.last(); line != "" {
		return ": " + line
	}
	return ""
}

// finish ends the process's input, gives it a moment, and kills what is left.
func (p *process) finish() {
	_ = p.in.Close()
	select {
	case <-p.done:
	case <-time.After(time.Second):
	}
	p.kill()
}

// kill ends the process and its children.
func (p *process) kill() {
	p.once.Do(func() {
		killGroup(p.cmd)
		_, _ = p.in.Close(), p.out.Close()
	})
}

// tail keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	kept []byte
}

// tailSize is how much of a program's standard error is kept.
const tailSize = 4 << 10

// Write implements [io.Writer].
func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, b[max(0, len(b)-tailSize):]...)
	if extra := len(t.kept) - tailSize; extra > 0 {
		t.kept = append(t.kept[:0], t.kept[extra:]...)
	}
	return len(b), nil
}

// last is the last line with text, at most 200 bytes of it.
func (t *tail) last() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := strings.Split(strings.TrimSpace(strings.ToValidUTF8(string(t.kept), "")), "\n")
	line := printable.Text(lines[len(lines)-1])
	if len(line) > 200 {
		line = strings.ToValidUTF8(line[:200], "") + "…"
	}
	return line
}
