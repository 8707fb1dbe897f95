//go:build unix

package program_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"assay/models"
	"assay/models/program"
	"assay/models/remote"
)

// The test binary is the program: a mode in its environment says how it behaves.
func TestMain(m *testing.M) {
	if mode := os.Getenv("ASSAY_TEST_PROGRAM"); mode != "" {
		behave(mode)
		return
	}
	os.Exit(m.Run())
}

// behave answers lines of {"id": "x"} in one of several ways.
func behave(mode string) {
	var line [1 << 16]byte
	for n := 0; ; n++ {
		read, err := os.Stdin.Read(line[:])
		if err != nil {
			return
		}
		in := strings.TrimSpace(string(line[:read]))
		answer := strings.TrimSuffix(in, "}") + fmt.Sprintf(`, "n": %d}`+"\n", n)
		switch mode {
		case "good":
			fmt.Print(answer)
		case "one and ends":
			fmt.Print(answer)
			return
		case "silent":
			time.Sleep(time.Hour)
		case "endless line":
			for {
				fmt.Print(strings.Repeat("x", 1<<12))
			}
		case "endless blank lines":
			for {
				fmt.Print("\n\n\n")
			}
		case "not JSON":
			fmt.Println(`{"id": "a", "score": NaN}`)
		case "debugging":
			fmt.Println("loading")
			fmt.Print(answer)
		case "no id":
			fmt.Println(`{"score": 1}`)
		case "other id":
			fmt.Println(`{"id": "other", "score": 1}`)
		case "twice":
			fmt.Print(answer, answer)
		case "dies":
			fmt.Fprintln(os.Stderr, "Traceback\nValueError: no such cat")
			os.Exit(3)
		case "dies at the third":
			if n == 2 {
				os.Exit(1)
			}
			fmt.Print(answer)
		case "children":
			attr := &os.ProcAttr{Env: append(os.Environ(), "ASSAY_TEST_PROGRAM=sleeps"), Files: []*os.File{os.Stdin, os.Stdout, os.Stderr}}
			child, err := os.StartProcess(os.Args[0], os.Args[:1], attr)
			if err == nil {
				err = os.WriteFile(os.Getenv("ASSAY_TEST_PID"), []byte(strconv.Itoa(child.Pid)), 0o600)
			}
			if err != nil {
				panic(err)
			}
			time.Sleep(time.Hour)
		}
		if mode == "sleeps" {
			time.Sleep(time.Hour)
		}
	}
}

func newProgram(t *testing.T, mode string, c program.Config) *program.Program {
	t.Helper()
	t.Setenv("ASSAY_TEST_PROGRAM", mode)
	c.Command = []string{os.Args[0]}
	if c.Timeout == 0 {
		c.Timeout = 30 * time.Second
	}
	p, err := program.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func ask(t *testing.T, p *program.Program, id string) (string, error) {
	t.Helper()
	a, err := p.Generate(t.Context(), models.Request{Prompt: fmt.Sprintf(`{"id": %q}`, id)})
	return a.Text, err
}

func TestGoodProgram(t *testing.T) {
	p := newProgram(t, "good", program.Config{})
	for n := range 3 { // one process
		if got, err := ask(t, p, "a"); err != nil || got != fmt.Sprintf(`{"id": "a", "n": %d}`, n) {
			t.Errorf("%q, %v", got, err)
		}
	}
	once := newProgram(t, "good", program.Config{Once: true})
	for range 2 { // a process each
		if got, err := ask(t, once, "a"); err != nil || got != `{"id": "a", "n": 0}` {
			t.Errorf("once: %q, %v", got, err)
		}
	}
}

func TestManyAtATime(t *testing.T) {
	p := newProgram(t, "good", program.Config{Processes: 3})
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			id := strconv.Itoa(i)
			if got, err := ask(t, p, id); err != nil || !strings.HasPrefix(got, `{"id": "`+id+`", "n": `) {
				t.Errorf("%s: %q, %v", id, got, err)
			}
		})
	}
	wg.Wait()
}

// A program that answers one line and ends, or writes a line too many, still answers all.
func TestShortLivedPrograms(t *testing.T) {
	for _, mode := range []string{"one and ends", "twice", "dies at the third"} {
		p := newProgram(t, mode, program.Config{})
		for range 5 {
			if got, err := ask(t, p, "a"); err != nil || !strings.HasPrefix(got, `{"id": "a", "n": `) {
				t.Errorf("%s: %q, %v", mode, got, err)
			}
		}
	}
}

func TestHostilePrograms(t *testing.T) {
	for mode, want := range map[string]string{
		"silent":              "the program gave no answer within 300ms; it must write each answer at once, with an end of line (flush its output)",
		"endless blank lines": "the program gave no answer within 300ms; it must write each answer at once, with an end of line (flush its output)",
		"endless line":        "the program wrote a line of more than 65536 bytes",
		"not JSON":            "the program wrote a line that is no JSON object; NaN and repeated members are not allowed",
		"debugging":           `the program wrote "loading", which is no JSON object; print anything else to standard error`,
		"no id":               "the program wrote a line without an id; it must repeat the id of the line that it answers",
		"other id":            "the program wrote a line with another id than that of the line it got",
		"dies":                "the program ended without an answer: ValueError: no such cat",
	} {
		c := program.Config{MaxLine: 1 << 16}
		if strings.Contains(want, "300ms") {
			c.Timeout = 300 * time.Millisecond
		}
		p := newProgram(t, mode, c)
		for range 2 { // the same words every time
			got, err := ask(t, p, "a")
			failure, ok := errors.AsType[*remote.Failure](err)
			if got != "" || !ok || failure.Reason != want {
				t.Errorf("%s: %q, %v; want %s", mode, got, err, want)
			}
		}
	}
}

// A program is killed with its children, also when the run is stopped.
func TestKilledWithChildren(t *testing.T) {
	for _, stopped := range []bool{false, true} {
		pidFile := filepath.Join(t.TempDir(), "pid")
		t.Setenv("ASSAY_TEST_PID", pidFile)
		timeout := 2 * time.Second
		if stopped {
			timeout = time.Hour
		}
		p := newProgram(t, "children", program.Config{Timeout: timeout})
		ctx, cancel := context.WithCancel(t.Context())
		if stopped {
			go func() {
				for range 200 {
					if b, _ := os.ReadFile(pidFile); len(b) > 0 {
						break
					}
					time.Sleep(50 * time.Millisecond)
				}
				cancel()
			}()
		}
		_, err := p.Generate(ctx, models.Request{Prompt: `{"id": 1}`})
		if err == nil || stopped != errors.Is(err, context.Canceled) {
			t.Errorf("stopped %v: %v", stopped, err)
		}
		cancel()
		text, err := os.ReadFile(pidFile)
		if err != nil {
			t.Fatal(err)
		}
		pid, err := strconv.Atoi(string(text))
		if err != nil {
			t.Fatal(err)
		}
		alive := true
		for range 100 {
			if alive = running(pid); !alive {
				break
			}
			time.Sleep(50 * time.Millisecond)
		}
		if alive {
			t.Errorf("stopped %v: the child %d still runs", stopped, pid)
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}

// running reports whether a process runs; one that has ended and waits for its parent doesn't.
func running(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return true
	}
	_, state, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(state, "Z")
}

func TestNew(t *testing.T) {
	for _, command := range [][]string{nil, {"no-such-program-anywhere"}, {"./missing.py"}} {
		if p, err := program.New(program.Config{Command: command, Dir: t.TempDir()}); err == nil {
			p.Close()
			t.Errorf("%q was accepted", command)
		}
	}
}
