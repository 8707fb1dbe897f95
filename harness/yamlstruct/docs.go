package yamlstruct

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"reflect"
	"regexp"
	"strings"
)

// Docs are the comments of structs and their fields, by "package.Type" and
// "package.Type.Field".
type Docs map[string]string

// ReadDocs reads the comments in Go files, which the packages of the structs embed.
func ReadDocs(sources ...fs.FS) (Docs, error) {
	docs := Docs{}
	for _, source := range sources {
		names, err := fs.Glob(source, "*.go")
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			data, err := fs.ReadFile(source, name)
			if err != nil {
				return nil, err
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, data, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				return nil, fmt.Errorf("comments of fields: %w", err)
			}
			docs.add(file)
		}
	}
	return docs, nil
}

func (d Docs) add(file *ast.File) {
	for _, decl := range file.Decls {
		general, ok := decl.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range general.Specs {
			declared, ok := spec.(*ast.TypeSpec)
			if !ok {
				continue
			}
			name := file.Name.Name + "." + declared.Name.Name
			d[name] = plain(declared.Doc, general.Doc)
			if other, ok := declared.Type.(*ast.Ident); ok {
				d["="+name] = file.Name.Name + "." + other.Name
			}
			of, ok := declared.Type.(*ast.StructType)
			if !ok {
				continue
			}
			for _, f := range of.Fields.List {
				for _, id := range f.Names {
					d[name+"."+id.Name] = plain(f.Doc, f.Comment)
				}
			}
		}
	}
}

// link is a link of a doc comment, such as [Suite] or [metrics.Gate]. Other brackets are text.
var link = regexp.MustCompile(`\[\*?((?:[a-z]\w*\.)?[A-Z]\w*(?:\.[A-Z]\w*)?)\]`)

// plain is the first comment that there is, on one line and without links' brackets.
func plain(groups ...*ast.CommentGroup) string {
	for _, g := range groups {
		if g != nil {
			return link.ReplaceAllString(strings.Join(strings.Fields(g.Text()), " "), "$1")
		}
	}
	return ""
}

// of is a field's description in a variant of the file.
func (d Docs) of(f *field, variant string) string {
	if own := f.docs.Get("doc-" + variant); own != "" {
		return own
	}
	name := typeName(f.owner)
	if other, ok := d["="+name]; ok { // declared as another struct
		name = other
	}
	return d[name+"."+f.name]
}

func typeName(t reflect.Type) string { return t.String() }
