package cli_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"assay/harness/cli"
	"assay/harness/leaf/racetest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"assay": func() {
			ctx, _ := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP) // as main does
			os.Exit(cli.Main(ctx, os.Args[1:], os.Stdout, os.Stderr))
		},
	})
}

// program is the path of assay as a program: this test binary under that name.
func program(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("assay")
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// TestScripts runs the command line as users do: a real process, real files.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits":    exits,
			"oneline":  oneLine,
			"labelled": labelled,
		},
		Setup: func(env *testscript.Env) error {
			env.Setenv("ASSAY_DATA", os.Getenv("ASSAY_DATA"))
			recorded, err := filepath.Abs("../../fixtures/recorded")
			env.Setenv("RECORDED", recorded)
			return err
		},
		Condition: func(cond string) (bool, error) {
			switch cond {
			case "data":
				if os.Getenv("ASSAY_DATA") == "" {
					t.Log("ASSAY_DATA is not set: scripts that need real data stop at their first line")
					return false, nil
				}
				return true, nil
			case "race":
				return racetest.On, nil
			}
			return false, errors.New("unknown condition " + cond)
		},
	})
}

// exits CODE PROGRAM ARG... runs a program that must end with CODE.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARG...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var ended *exec.ExitError
		if !errors.As(err, &ended) {
			ts.Fatalf("%v", err)
		}
		got = ended.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// oneLine checks that the last program wrote exactly one line to stderr.
func oneLine(ts *testscript.TestScript, neg bool, args []string) {
	if said := ts.ReadFile("stderr"); strings.Count(said, "\n") != 1 {
		ts.Fatalf("stderr is not one line:\n%s", said)
	}
}
