// Package yamlstruct fills structs from YAML files, strictly: every field is described
// once, by the struct's tags, and the decoder, the JSON Schema for editors and the list of
// fields for help are made from that. A fault names file, line and remedy, and never
// repeats a text that may hold a secret.
//
// A field's key is its yaml tag, or the name in its json tag; a field without either is
// not read. Structs that are embedded without a key have their fields in the same mapping.
// The other tags:
//
//	need:"write steps: 100"     required; the remedy where it is missing
//	default:"0.9"               its value where the file has none: see [Defaults]
//	range:"(0,1]"               bounds of a number, as an interval: [ and ] include the bound
//	oneof:"bytes|bpe"           the texts that it may be; "@suites" takes [Options.Lists]
//	text:"lines"                a text of several lines; text:"path" is a path: see [EachPath]
//	single:"judge"              another key, under which a list is one text
//	doc-sft:"..."               the description in the variant sft, in place of the comment
//	without:"validation"        fields that it excludes
//	with:"api_key_env"          fields that it needs beside it
//	for:"sft"                   the variants that have it: see [Options.Variant]
//	less:"max_tokens"           on an embedded struct: its fields that are left out
//	was:"batch"                 earlier keys, refused with the new one named
//	what:"a model"              the name of its mapping in messages; else its key
//	like:"{min_p: 0.1}"         an example of it for messages
//	repeats:"true"              a list that may have an entry twice
//
// Several entries of a tag are separated by |. Descriptions are the fields' comments: see
// [ReadDocs].
//
// Texts, numbers, booleans, durations, lists of texts or structs, structs, pointers to
// these, mappings of texts, [jsontext.Value] (any value), encoding.TextUnmarshaler (a text)
// and [Decoder] can be read. A [Place] in a struct keeps where its fields are, for faults
// that are found later; faults across fields are reported with [File.Fail]. A preset is a
// struct that is filled before the file is decoded over it.
package yamlstruct
