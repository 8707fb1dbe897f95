// Package program has programs on this machine answer requests: each gets a line with a JSON
// object and answers with one. [models.Request]'s Prompt is the line, and the answer's Text is the
// program's.
//
// Several processes of the program run at a time, each with one line at a time. A process that
// breaks the rules is killed with its children, and the next line gets a new one: one that takes
// too long, writes a line that is too long, is no JSON object or has another id than the line it
// answers, or ends. Such a line has no answer, for a reason that is the same in equal runs.
package program

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/models"
	"assay/models/remote"
)

// The limits that a [Config] leaves open.
const (
	DefaultTimeout = time.Minute
	DefaultMaxLine = 1 << 20 // bytes
)

// Config says how a program is run.
type Config struct {
	Command   []string      // the program and its arguments; a program with a slash is looked up in Dir
	Dir       string        // its working directory
	Timeout   time.Duration // for one line; 0 means [DefaultTimeout]
	MaxLine   int           // bytes of a line that it writes; 0 means [DefaultMaxLine]
	Processes int           // at a time; at least 1
	Once      bool          // a new process for each line, whose input ends after it
}

// Program runs a program. Its methods may be called from several goroutines.
type Program struct {
	config Config
	path   string
	slots  chan struct{} // one element for each process that may run

	mu     sync.Mutex
	idle   []*process
	closed bool
}

// New finds the program. It starts nothing.
func New(c Config) (*Program, error) {
	if len(c.Command) == 0 {
		return nil, errors.New("no program")
	}
	name := c.Command[0]
	if strings.ContainsRune(name, '/') && !filepath.IsAbs(name) {
		name = filepath.Join(c.Dir, name)
	}
	path, err := exec.LookPath(name)
	if err == nil {
		path, err = filepath.Abs(path)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: there is no such program, or it is not executable; name a program of the PATH, or a file in the plan's folder with a slash, such as ./judge.py", c.Command[0])
	}
	if c.Timeout <= 0 {
		c.Timeout = DefaultTimeout
	}
	if c.MaxLine <= 0 {
		c.MaxLine = DefaultMaxLine
	}
	return &Program{config: c, path: path, slots: make(chan struct{}, max(c.Processes, 1))}, nil
}

// Generate gives the program the request's prompt, a JSON object with an id, and returns its line.
// Errors of one line are [remote.Failure].
func (p *Program) Generate(ctx context.Context, r models.Request) (models.Answer, error) {
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-ctx.Done():
		return models.Answer{}, ctx.Err()
	}
	said, err := p.answer(ctx, r.Prompt)
	if stop := ctx.Err(); stop != nil && err != nil {
		return models.Answer{}, stop
	}
	return models.Answer{Text: said, Finish: models.FinishStop}, err
}

// answer asks an idle process, or a new one.
func (p *Program) answer(ctx context.Context, line string) (string, error) {
	one, fresh := p.take(), false
	for {
		if one == nil {
			var err error
			if one, err = start(&p.config, p.path); err != nil {
				return "", &remote.Failure{Reason: "the program can't be started", Program: p.about(err.Error()), Err: err}
			}
			fresh = true
		}
		said, err := one.ask(ctx, line, p.config.Once)
		if err == nil {
			err = check(line, said)
		}
		if err == nil {
			if p.config.Once || one.lines.Buffered() > 0 { // more lines than answers
				one.kill()
			} else {
				p.put(one)
			}
			return said, nil
		}
		reason, said := err.Error(), one.errors.last()
		if errors.Is(err, errEnded) {
			reason += one.complaint()
			said = "" // the reason has it
		}
		one.kill()
		if fresh || ctx.Err() != nil || errors.Is(err, errSlow) {
			return "", &remote.Failure{Reason: reason, Program: p.about(said)}
		}
		one = nil // a fault of its earlier lines: it ended after them, as a program may, or wrote too much
	}
}

// about is the program with its time limit and what it said last, for a message.
func (p *Program) about(said string) string {
	about := fmt.Sprintf("%s (at most %v for an answer)", strings.Join(p.config.Command, " "), p.config.Timeout)
	if said != "" {
		about += fmt.Sprintf(", which says %q", said)
	}
	return about
}

func (p *Program) take() *process {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.idle) == 0 {
		return nil
	}
	one := p.idle[len(p.idle)-1]
	p.idle = p.idle[:len(p.idle)-1]
	return one
}

func (p *Program) put(one *process) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		one.kill()
		return
	}
	p.idle = append(p.idle, one)
}

// Close ends all processes with their children. No line may be in work.
func (p *Program) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, one := range p.idle {
		one.finish()
	}
	p.idle = nil
}

// check refuses a line that doesn't answer another.
func check(line, said string) error {
	type named struct {
		ID     jsontext.Value `json:"id"`
		Others jsontext.Value `json:",unknown"`
	}
	var sent, got named
	if err := json.Unmarshal([]byte(line), &sent); err != nil {
		return fmt.Errorf("the line to the program is no JSON object: %w", err)
	}
	switch err := json.Unmarshal([]byte(said), &got); {
	case err != nil && strings.HasPrefix(said, "{"): // the text has an id, and reasons should be equal
		return errors.New("the program wrote a line that is no JSON object; NaN and repeated members are not allowed")
	case err != nil:
		return fmt.Errorf("the program wrote %q, which is no JSON object; print anything else to standard error", short(said))
	case got.ID == nil:
		return errors.New("the program wrote a line without an id; it must repeat the id of the line that it answers")
	case string(got.ID) != string(sent.ID):
		return errors.New("the program wrote a line with another id than that of the line it got")
	}
	return nil
}

// short is the beginning of a text for a message.
func short(s string) string {
	if len(s) > 60 {
		return strings.ToValidUTF8(s[:60], "") + "…"
	}
	return s
}
