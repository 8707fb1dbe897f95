package plan

import (
	"fmt"

	"assay/harness/yamlstruct"
)

// readFile opens a file that users write and decodes it.
func readFile[T any](path, remedy string, decode func(*yamlstruct.File) (T, error)) (T, error) {
	f, err := yamlstruct.Open(path, remedy)
	if err != nil {
		var none T
		return none, err
	}
	return decode(f)
}

// keyHint is the message for a field that would hold a secret.
func keyHint(key string) string {
	if key == "api_key" || key == "key" || key == "apikey" {
		return fmt.Sprintf("a field %q; keep keys out of files, and name the variable that has the key in api_key_env", key)
	}
	return ""
}

// refuse fails on the first of some fields that an entry has.
func refuse(f *yamlstruct.File, p *yamlstruct.Place, why string, keys ...string) {
	if key := p.First(keys...); key != "" {
		f.Fail(p.Line(key), "%s %s; remove it", key, why)
	}
}
