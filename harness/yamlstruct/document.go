package yamlstruct

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"assay/harness/leaf/place"
	"assay/harness/leaf/rows"
)

// Limits of a file. The YAML library takes time quadratic in the depth, and a few
// aliases of aliases can expand to more than memory holds.
const (
	maxBytes  = 1 << 20
	maxDepth  = 32
	maxValues = 100_000 // with every alias written out
)

// parseDocument reads the one document of a file; remedy says what to write when
// the content is no YAML. No document is the value [Nothing].
func parseDocument(path string, data []byte, remedy string) (root Value, err error) {
	return readDocument(path, data, remedy, false)
}

// ParseTagged reads the value of a file that others define, in which values may have tags, such
// as !function: see [Value.Tag].
func ParseTagged(path string, data []byte, remedy string) (Value, error) {
	return readDocument(path, data, remedy, true)
}

func readDocument(path string, data []byte, remedy string, tags bool) (root Value, err error) {
	if len(data) > maxBytes {
		return Value{}, place.Errorf(path, 1, "more than %d bytes; keep data in separate files", maxBytes)
	}
	if err := rows.Binary(path, data[:min(len(data), 1<<13)]); err != nil {
		return Value{}, err
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	// The library counts a comment's line twice where it ends in a carriage return.
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	if !utf8.Valid(data) {
		return Value{}, place.At(path, 1, errors.New("not valid UTF-8; save the file as UTF-8"))
	}
	defer func() { // the library's own faults must not end the program
		if fault := recover(); fault != nil {
			root, err = Value{}, place.Errorf(path, 1, "unreadable YAML; %s", remedy)
		}
	}()
	tokens := lexer.Tokenize(string(data))
	if line := tooDeep(tokens); line > 0 {
		return Value{}, place.Errorf(path, line, "more than %d levels of nesting; %s", maxDepth, remedy)
	}
	if t := bareTemplate(tokens); t != nil {
		return Value{}, place.Errorf(path, t.Position.Line, "column %d: a value that begins with { or {{ needs quotes, such as \"{{ question }}\"", t.Position.Column)
	}
	file, err := parser.Parse(tokens, 0)
	if err != nil {
		return Value{}, yamlError(path, err)
	}
	root = Value{Kind: Nothing, Line: 1}
	b := builder{path: path, anchors: map[string]Value{}, left: maxValues, tags: tags}
	for i, doc := range file.Docs {
		if doc.Body == nil {
			continue
		}
		if i > 0 {
			return Value{}, place.At(path, startLine(doc.Body), errors.New("the file has a second YAML document; use only one"))
		}
		if root, err = b.build(doc.Body, 0); err != nil {
			return Value{}, err
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

// bareTemplate is where a template without quotes begins, {{ or {%, which YAML reads as mappings;
// nil if there is none.
func bareTemplate(tokens token.Tokens) *token.Token {
	for i := 1; i < len(tokens); i++ {
		first, then := tokens[i-1], tokens[i]
		if first.Type != token.MappingStartType || then.Position.Line != first.Position.Line || then.Position.Column != first.Position.Column+1 {
			continue
		}
		if then.Type == token.MappingStartType || strings.HasPrefix(then.Value, "%") {
			return first
		}
	}
	return nil
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
	case strings.Contains(located.GetMessage(), "\t"), strings.Contains(message, "tab character"):
		message = "a tab; indent with spaces"
	case message == "value is not allowed in this context":
		message = "the YAML can't be read here; check the indentation of this line and the one before"
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

// startColumn is the column of a scalar, or of a mapping's first key.
func startColumn(n ast.Node) int {
	switch m := n.(type) {
	case *ast.MappingNode:
		if len(m.Values) > 0 {
			return startColumn(m.Values[0])
		}
	case *ast.MappingValueNode:
		return m.Key.GetToken().Position.Column
	}
	return n.GetToken().Position.Column
}

// builder turns the library's nodes into values.
type builder struct {
	path    string
	anchors map[string]Value // those that are complete, so that none contains itself
	left    int              // values that may still be made
	tags    bool             // values may have tags
}

func (b *builder) fail(n ast.Node, format string, args ...any) (Value, error) {
	return Value{}, place.Errorf(b.path, startLine(n), format, args...)
}

func (b *builder) build(n ast.Node, depth int) (Value, error) {
	if depth > maxDepth {
		return b.fail(n, "more than %d levels of nesting; a plan needs fewer", maxDepth)
	}
	if b.left--; b.left < 0 {
		return b.fail(n, "more than %d values, aliases written out; write fewer", maxValues)
	}
	v := Value{Line: startLine(n), Column: startColumn(n), Text: n.GetToken().Value, size: 1}
	switch n := n.(type) {
	case *ast.NullNode:
		v.Kind = Nothing
	case *ast.StringNode:
		v.Kind, v.Text = Plain, n.Value
		if n.Token.Type != token.StringType {
			v.Kind = Quoted
		}
	case *ast.LiteralNode:
		v.Kind, v.Text = Quoted, n.Value.Value
	case *ast.IntegerNode, *ast.FloatNode:
		v.Kind = Number
	case *ast.InfinityNode:
		v.Kind, v.Text = Number, "Inf"
		if n.Value < 0 {
			v.Text = "-Inf"
		}
	case *ast.NanNode:
		v.Kind, v.Text = Number, "NaN"
	case *ast.BoolNode:
		v.Kind = Bool
	case *ast.SequenceNode:
		return b.list(n, v, depth)
	case *ast.MappingNode:
		return b.mapping(n.Values, v, depth)
	case *ast.MappingValueNode:
		return b.mapping([]*ast.MappingValueNode{n}, v, depth)
	case *ast.AnchorNode:
		inner, err := b.build(n.Value, depth+1)
		if err != nil {
			return Value{}, err
		}
		b.anchors[n.Name.GetToken().Value] = inner
		return inner, nil
	case *ast.AliasNode:
		return b.alias(n)
	case *ast.TagNode:
		if b.tags && n.Value != nil {
			inner, err := b.build(n.Value, depth+1)
			inner.Tag = n.GetToken().Value
			return inner, err
		}
		return b.fail(n, "a tag (%s); write the value without it", oneLine(n.GetToken().Value))
	default:
		return b.fail(n, "no text, number, list or mapping; fix the YAML")
	}
	return v, nil
}

// alias is the anchor's value in the alias's place.
func (b *builder) alias(n *ast.AliasNode) (Value, error) {
	name := n.Value.GetToken().Value
	v, ok := b.anchors[name]
	if !ok {
		return b.fail(n, "no &%s above *%s; write the anchor first", oneLine(name), oneLine(name))
	}
	if b.left -= v.size; b.left < 0 {
		return b.fail(n, "more than %d values, aliases written out; write fewer", maxValues)
	}
	v.Line = startLine(n)
	return v, nil
}

func (b *builder) list(n *ast.SequenceNode, v Value, depth int) (Value, error) {
	v.Kind = List
	for _, entry := range n.Values {
		one, err := b.build(entry, depth+1)
		if err != nil {
			return Value{}, err
		}
		v.Items = append(v.Items, one)
		v.size += one.size
	}
	return v, nil
}

// mapping builds members in their order, and after them those that are merged in
// with << and not written out.
func (b *builder) mapping(nodes []*ast.MappingValueNode, v Value, depth int) (Value, error) {
	v.Kind = Mapping
	var merged []Member
	for _, node := range nodes {
		one, err := b.build(node.Value, depth+1)
		if err != nil {
			return Value{}, err
		}
		v.size += one.size
		if node.Key.IsMergeKey() {
			for _, from := range mergeSources(one) {
				if from.Kind != Mapping {
					return b.fail(node, "<< of what is no mapping; give it *NAME of a mapping above")
				}
				merged = append(merged, from.Members...)
			}
			continue
		}
		key, ok := node.Key.(ast.ScalarNode)
		if !ok {
			return b.fail(node, "a key that is no plain text; fix the YAML")
		}
		v.Members = append(v.Members, Member{Name: key.GetToken().Value, Line: startLine(node), Value: one, Quoted: quoted(key)})
	}
	for _, m := range merged {
		if !slices.ContainsFunc(v.Members, func(o Member) bool { return o.Name == m.Name }) {
			v.Members = append(v.Members, m)
		}
	}
	return v, nil
}

func quoted(key ast.ScalarNode) bool {
	t := key.GetToken().Type
	return t == token.SingleQuoteType || t == token.DoubleQuoteType
}

// mergeSources are the mappings that << names: one, or a list of them.
func mergeSources(v Value) []Value {
	if v.Kind == List {
		return v.Items
	}
	return []Value{v}
}
