package chat

import (
	"errors"
	"fmt"

	"github.com/nikolalohinski/gonja/v2/builtins"
	structures "github.com/nikolalohinski/gonja/v2/builtins/control_structures"
	"github.com/nikolalohinski/gonja/v2/exec"
	"github.com/nikolalohinski/gonja/v2/nodes"
	"github.com/nikolalohinski/gonja/v2/parser"
	"github.com/nikolalohinski/gonja/v2/tokens"
)

// environment is what a template may use: loops and macros that count their steps, but no files and no other
// templates.
func environment() *exec.Environment {
	blocks := map[string]parser.ControlStructureParser{"generation": parseGeneration}
	for _, name := range []string{"break", "continue", "do", "filter", "for", "if", "macro", "raw", "set", "with"} {
		if parse, ok := builtins.ControlStructures.Get(name); ok {
			blocks[name] = guarded(parse)
		}
	}
	globals := map[string]any{"range": bounds, "raise_exception": raise}
	for _, name := range []string{"dict", "namespace", "cycler", "joiner"} {
		if value, ok := builtins.GlobalFunctions.Get(name); ok {
			globals[name] = value
		}
	}
	return &exec.Environment{
		Context: exec.NewContext(globals), Filters: filters(), Tests: builtins.Tests,
		ControlStructures: exec.NewControlStructureSet(blocks), Methods: methods(),
	}
}

// Limits of one rendering.
const (
	maxSteps = 50_000 // iterations of loops
	maxRange = 10_000 // numbers in a range
	maxDepth = 100    // nested macro calls
)

// guardName is the key of a rendering's guard. It has a space, which no name in a template can have.
const guardName = "the guard"

// guard counts the steps of one rendering, and keeps the message of raise_exception.
type guard struct {
	steps   int
	depth   int
	refusal *Refusal
}

// step is a block that counts its executions. It comes first in every body that can repeat.
type step struct{ at *tokens.Token }

func (s *step) Position() *tokens.Token { return s.at }
func (s *step) String() string          { return "step" }

func (s *step) Execute(r *exec.Renderer, _ *nodes.ControlStructureBlock) error {
	if g := guardOf(r.Environment); g.steps < maxSteps {
		g.steps++
		return nil
	}
	return fmt.Errorf("it ran more than %d steps", maxSteps)
}

// guardOf returns the guard of an environment's rendering.
func guardOf(e *exec.Environment) *guard {
	value, _ := e.Context.Get(guardName)
	return value.(*guard)
}

// macro is a macro with limited recursion.
type macro struct {
	*structures.MacroControlStructure
}

func (m *macro) Execute(r *exec.Renderer, _ *nodes.ControlStructureBlock) error {
	call, err := exec.MacroNodeToFunc(m.Macro, r)
	if err != nil {
		return err
	}
	g := guardOf(r.Environment)
	r.Environment.Context.Set(m.Name, exec.Macro(func(params *exec.VarArgs) *exec.Value {
		if g.depth == maxDepth {
			return exec.AsValue(fmt.Errorf("its macro calls are nested more than %d deep", maxDepth))
		}
		g.depth++
		defer func() { g.depth-- }()
		return call(params)
	}))
	return nil
}

// guarded wraps a parser: it puts a step into the bodies that the parser reads.
func guarded(parse parser.ControlStructureParser) parser.ControlStructureParser {
	return func(p, args *parser.Parser) (nodes.ControlStructure, error) {
		block, err := parse(p, args)
		if err != nil {
			return nil, err
		}
		switch b := block.(type) {
		case *structures.ForControlStructure:
			prepend(b.BodyWrapper)
		case *structures.MacroControlStructure:
			return &macro{b}, nil
		}
		return block, nil
	}
}

func prepend(body *nodes.Wrapper) {
	at := body.Location
	block := &nodes.ControlStructureBlock{Location: at, ControlStructure: &step{at}}
	body.Nodes = append([]nodes.Node{block}, body.Nodes...)
}

// generation is a block that transformers adds: it marks the assistant's text for training, and leaves it
// unchanged.
type generation struct {
	at   *tokens.Token
	body *nodes.Wrapper
}

func (g *generation) Position() *tokens.Token { return g.at }
func (g *generation) String() string          { return "generation" }

func (g *generation) Execute(r *exec.Renderer, _ *nodes.ControlStructureBlock) error {
	return r.ExecuteWrapper(g.body)
}

func parseGeneration(p, _ *parser.Parser) (nodes.ControlStructure, error) {
	at := p.Current()
	body, _, err := p.WrapUntil("endgeneration")
	return &generation{at, body}, err
}

// bounds is Jinja's range with a limited length.
func bounds(_ *exec.Evaluator, params *exec.VarArgs) (list, error) {
	numbers := []int{0, 0, 1}
	switch n := len(params.Args); n {
	case 1:
		numbers[1] = params.Args[0].Integer()
	case 2, 3:
		for i, a := range params.Args {
			numbers[i] = a.Integer()
		}
	default:
		return nil, errors.New("range takes 1 to 3 numbers")
	}
	start, stop, by := numbers[0], numbers[1], numbers[2]
	if by == 0 {
		return nil, errors.New("range's step is 0")
	}
	out := list{}
	for i := start; by > 0 && i < stop || by < 0 && i > stop; i += by {
		if len(out) == maxRange {
			return nil, fmt.Errorf("the range has more than %d numbers", maxRange)
		}
		out = append(out, i)
	}
	return out, nil
}

// raise is transformers' raise_exception.
func raise(e *exec.Evaluator, params *exec.VarArgs) (string, error) {
	reason := "no reason given"
	if len(params.Args) > 0 {
		reason = params.Args[0].String()
	}
	refusal := &Refusal{Reason: reason}
	guardOf(e.Environment).refusal = refusal
	return "", refusal
}
