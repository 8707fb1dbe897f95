package learned

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Python 3: hashlib.sha256("what is it?\0it is 4.".encode()).hexdigest()[:16], and the same of "\0a b".
func TestHash(t *testing.T) {
	for _, c := range []struct {
		prompt, output string
		want           uint64
	}{
		{" What is\tit? ", "It is  4.\n", 0x02e5b5a067e83060},
		{"", "A b", 0x522207d2812973c7},
	} {
		if got := Hash(c.prompt, c.output); got != c.want {
			t.Errorf("hash of %q after %q: %016x, want %016x", c.output, c.prompt, got, c.want)
		}
	}
	if Hash("a", "b c") == Hash("a b", "c") {
		t.Error("the border between prompt and output doesn't count")
	}
}

func TestWriteOpen(t *testing.T) {
	dir := t.TempDir()
	if none, err := Open(dir); none != nil || err != nil {
		t.Errorf("a folder without a record: %v, %v", none, err)
	}
	var hashes []uint64
	for _, text := range []string{"one", "two", "three", "two"} {
		hashes = append(hashes, Hash("", text))
	}
	hashes = append(hashes, Hash("Why?", "so"))
	if err := New(hashes).Write(dir); err != nil {
		t.Fatal(err)
	}
	got, err := Open(dir)
	if err != nil || got.Len() != 4 {
		t.Fatalf("%+v, error %v", got, err)
	}
	for _, c := range []struct {
		prompt, output string
		want           bool
	}{{"", "Two", true}, {"any prompt", "three", true}, {"why?", "so", true}, {"", "so", false}, {"What?", "so", false}, {"one", "four", false}} {
		if got.Has(c.prompt, c.output) != c.want {
			t.Errorf("has %q after %q: %v", c.output, c.prompt, !c.want)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	for content, want := range map[string]string{
		"{":                                "damaged",
		`{"schema":2,"texts":[]}`:          "schema 2",
		`{"schema":1,"texts":[],"more":1}`: "damaged",
		`{"schema":1,"texts":["00"]}`:      "entry 1",
		`{"schema":1,"texts":["000000000000000G"]}`:                    "entry 1",
		`{"schema":1,"texts":["000000000000000A"]}`:                    "entry 1",
		`{"schema":1,"texts":["0000000000000003","0000000000000003"]}`: "entry 2",
		`{"schema":1,"texts":["0000000000000003","0000000000000001"]}`: "entry 2",
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, File)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Open(dir)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), path) || !strings.HasSuffix(err.Error(), "train the judge again") {
			t.Errorf("%s: error %v, want %q", content, err, want)
		}
	}
}

// Whatever a file holds, Parse gives hashes in order or an error of one line.
func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"schema":1,"texts":["0000000000000001","0000000000000003"]}`))
	f.Add([]byte(`{"schema":1,"texts":["\u0030","+00000000000003f"]}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		got, err := Parse(content)
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("error %q is not one line", err)
			}
			return
		}
		for i := 1; i < len(got.sorted); i++ {
			if got.sorted[i-1] >= got.sorted[i] {
				t.Errorf("entry %d is not above the one before it", i)
			}
		}
	})
}
