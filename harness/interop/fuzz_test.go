package interop_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assay/harness/interop"
	"assay/harness/leaf/place"
)

func FuzzInstructGPTSamples(f *testing.F) {
	f.Add(textHeader + "0,a,zeroshot,Who?,Ann|Bea,x\n")
	f.Add("\ufeff" + truthHeader + "0,a,QA prompt,True,q,\"a\r\nb\",0.5,\n")
	f.Add(tldrHeader + "0,a,\"c\n")
	f.Add(toxicHeader + "0,a\n\n")
	files := []string{"squadv2_samples.csv", "truthful_qa_samples.csv", "tldr_samples.csv", "real_toxicity_samples.csv"}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, content string) {
		for _, name := range files {
			tryFile(t, interop.InstructGPTSamples(), filepath.Join(dir, name), content)
		}
	})
}

func FuzzAlpacaEval(f *testing.F) {
	f.Add(array(annotation("One?", "a", "1.5"), annotation("One?", "b", "null")))
	f.Add("\ufeff" + array(output("One?", "a", "x")) + " ")
	f.Add(array(annotation("One?", "a", "{\"x\":[1,2]}")))
	f.Add("[[{}],")
	path := filepath.Join(f.TempDir(), "annotations.json")
	f.Fuzz(func(t *testing.T, content string) {
		tryFile(t, interop.AlpacaEval(), path, content)
	})
}

// tryFile imports a file. Either its source is recorded, or the error names the file
// and an existing line.
func tryFile(t *testing.T, im interop.Importer, path, content string) {
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	r := new(recorder)
	err := im.Import(t.Context(), []string{path}, interop.Options{}, r)
	if err == nil {
		if len(r.sources) != 1 || r.sources[0].Bytes != int64(len(content)) || len(r.completions) == 0 {
			t.Errorf("import ended well with sources %+v and %d completions", r.sources, len(r.completions))
		}
		return
	}
	tryError(t, path, content, err)
}

// tryError checks that an error names the file and an existing line.
func tryError(t *testing.T, path, content string, err error) {
	placed, ok := place.Of(err)
	if !ok || placed.File != path || placed.Line < 1 || placed.Line > 1+strings.Count(content, "\n")+strings.Count(content, "\r") {
		t.Errorf("error %v (%T) names no line of the file", err, err)
	}
	if strings.ContainsAny(err.Error(), "\n\r") {
		t.Errorf("the message has several lines: %q", err)
	}
}
