package plan

import (
	"bytes"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"assay/harness/leaf/place"
)

// What a file may be at most. The YAML library takes time in the square of the
// depth, and a few aliases of aliases can stand for more than memory holds.
const (
	maxBytes  = 1 << 20
	maxDepth  = 32
	maxValues = 100_000 // with every alias written out
)

// kind is what a value is.
type kind int

const (
	nothing kind = iota // no value, null or ~
	quoted              // a text in quotes or a block
	plain               // a text without quotes, which may be meant as a number
	number              // what YAML takes for a number
	boolean
	list
	mapping
)

// value is a value of a file, with aliases and merges written out.
type value struct {
	kind    kind
	line    int
	text    string // of a scalar
	values  []value
	members []member
	size    int // values in it, itself included
}

type member struct {
	name  string
	line  int
	value value
}

// readFile reads a file that is small enough to be a plan.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxBytes+1))
	if err != nil {
		return nil, err
	}
	return data, nil
}

// parseDocument reads the one document of a file; remedy says what to write
// where the content can't be read at all. No document is the value nothing.
func parseDocument(path string, data []byte, remedy string) (root value, err error) {
	if len(data) > maxBytes {
		return value{}, place.Errorf(path, 1, "more than %d bytes; keep data in files of their own", maxBytes)
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		return value{}, place.At(path, 1, errors.New("no valid UTF-8; save the file as UTF-8"))
	}
	defer func() { // the library's own faults must not end the program
		if fault := recover(); fault != nil {
			root, err = value{}, place.Errorf(path, 1, "no YAML that can be read; %s", remedy)
		}
	}()
	tokens := lexer.Tokenize(string(data))
	if line := tooDeep(tokens); line > 0 {
		return value{}, place.Errorf(path, line, "more than %d levels of nesting; %s", maxDepth, remedy)
	}
	file, err := parser.Parse(tokens, 0)
	if err != nil {
		return value{}, yamlError(path, err)
	}
	root = value{kind: nothing, line: 1}
	b := builder{path: path, anchors: map[string]value{}, left: maxValues}
	for i, doc := range file.Docs {
		if doc.Body == nil {
			continue
		}
		if i > 0 {
			return value{}, place.At(path, startLine(doc.Body), errors.New("a second document; keep all in one"))
		}
		if root, err = b.build(doc.Body, 0); err != nil {
			return value{}, err
		}
	}
	return root, nil
}

// tooDeep is the line where brackets, or dashes of one line, nest too deeply; 0
// where they don't.
func tooDeep(tokens token.Tokens) int {
	brackets, dashes, line := 0, 0, 0
	for _, t := range tokens {
		if t.Position.Line != line {
			line, dashes = t.Position.Line, 0
		}
		switch t.Type {
		case token.MappingStartType, token.SequenceStartType:
			brackets++
		case token.MappingEndType, token.SequenceEndType:
			brackets--
		case token.SequenceEntryType:
			dashes++
		}
		if brackets > maxDepth || dashes > maxDepth {
			return line
		}
	}
	return 0
}

// yamlError takes place and message out of the library's error, and adds a remedy.
func yamlError(path string, err error) error {
	located, ok := errors.AsType[yaml.Error](err)
	if !ok {
		return place.Errorf(path, 1, "%s; fix the YAML", oneLine(err.Error()))
	}
	line := 1
	if tok := located.GetToken(); tok != nil && tok.Position != nil {
		line = max(tok.Position.Line, 1)
	}
	message := oneLine(located.GetMessage())
	switch {
	case strings.Contains(message, "already defined"):
		message += "; remove one of the two"
	case strings.Contains(located.GetMessage(), "\t"):
		message = "a tab; indent with spaces"
	default:
		message += "; fix the YAML"
	}
	return place.At(path, line, errors.New(message))
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// startLine is the first line of a node: a mapping's token is its first colon.
func startLine(n ast.Node) int {
	if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 {
		return startLine(m.Values[0])
	}
	if m, ok := n.(*ast.MappingValueNode); ok {
		return max(m.Key.GetToken().Position.Line, 1)
	}
	return max(n.GetToken().Position.Line, 1)
}

// builder turns the library's nodes into values.
type builder struct {
	path    string
	anchors map[string]value // those that are complete, so that none contains itself
	left    int              // values that may still be made
}

func (b *builder) fail(n ast.Node, format string, args ...any) (value, error) {
	return value{}, place.Errorf(b.path, startLine(n), format, args...)
}

func (b *builder) build(n ast.Node, depth int) (value, error) {
	if depth > maxDepth {
		return b.fail(n, "more than %d levels of nesting; a plan needs fewer", maxDepth)
	}
	if b.left--; b.left < 0 {
		return b.fail(n, "more than %d values, aliases written out; write fewer", maxValues)
	}
	v := value{line: startLine(n), text: n.GetToken().Value, size: 1}
	switch n := n.(type) {
	case *ast.NullNode:
		v.kind = nothing
	case *ast.StringNode:
		v.kind, v.text = plain, n.Value
		if n.Token.Type != token.StringType {
			v.kind = quoted
		}
	case *ast.LiteralNode:
		v.kind, v.text = quoted, n.Value.Value
	case *ast.IntegerNode, *ast.FloatNode:
		v.kind = number
	case *ast.InfinityNode:
		v.kind, v.text = number, "Inf"
		if n.Value < 0 {
			v.text = "-Inf"
		}
	case *ast.NanNode:
		v.kind, v.text = number, "NaN"
	case *ast.BoolNode:
		v.kind = boolean
	case *ast.SequenceNode:
		return b.list(n, v, depth)
	case *ast.MappingNode:
		return b.mapping(n.Values, v, depth)
	case *ast.MappingValueNode:
		return b.mapping([]*ast.MappingValueNode{n}, v, depth)
	case *ast.AnchorNode:
		inner, err := b.build(n.Value, depth+1)
		if err != nil {
			return value{}, err
		}
		b.anchors[n.Name.GetToken().Value] = inner
		return inner, nil
	case *ast.AliasNode:
		return b.alias(n)
	case *ast.TagNode:
		return b.fail(n, "a tag (%s); write the value without it", oneLine(n.GetToken().Value))
	default:
		return b.fail(n, "no text, number, list or mapping; fix the YAML")
	}
	return v, nil
}

// alias is the anchor's value in the alias's place.
func (b *builder) alias(n *ast.AliasNode) (value, error) {
	name := n.Value.GetToken().Value
	v, ok := b.anchors[name]
	if !ok {
		return b.fail(n, "no &%s above *%s; write the anchor first", oneLine(name), oneLine(name))
	}
	if b.left -= v.size; b.left < 0 {
		return b.fail(n, "more than %d values, aliases written out; write fewer", maxValues)
	}
	v.line = startLine(n)
	return v, nil
}

func (b *builder) list(n *ast.SequenceNode, v value, depth int) (value, error) {
	v.kind = list
	for _, entry := range n.Values {
		one, err := b.build(entry, depth+1)
		if err != nil {
			return value{}, err
		}
		v.values = append(v.values, one)
		v.size += one.size
	}
	return v, nil
}

// mapping builds members in their order, and after them those that are merged in
// with << and not written out.
func (b *builder) mapping(nodes []*ast.MappingValueNode, v value, depth int) (value, error) {
	v.kind = mapping
	var merged []member
	for _, node := range nodes {
		one, err := b.build(node.Value, depth+1)
		if err != nil {
			return value{}, err
		}
		v.size += one.size
		if node.Key.IsMergeKey() {
			for _, from := range mergeSources(one) {
				if from.kind != mapping {
					return b.fail(node, "<< of what is no mapping; give it *NAME of a mapping above")
				}
				merged = append(merged, from.members...)
			}
			continue
		}
		key, ok := node.Key.(ast.ScalarNode)
		if !ok {
			return b.fail(node, "a key that is no plain text; fix the YAML")
		}
		v.members = append(v.members, member{name: key.GetToken().Value, line: startLine(node), value: one})
	}
	for _, m := range merged {
		if !slices.ContainsFunc(v.members, func(o member) bool { return o.name == m.name }) {
			v.members = append(v.members, m)
		}
	}
	return v, nil
}

// mergeSources are the mappings that << names: one, or a list of them.
func mergeSources(v value) []value {
	if v.kind == list {
		return v.values
	}
	return []value{v}
}
