package catalog_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"assay/suites"
)

// writePair makes a French and an English file in one folder, and returns the
// path of the French one.
func writePair(t *testing.T, frenchName, french, englishName, english string) string {
	t.Helper()
	folder := t.TempDir()
	for name, content := range map[string]string{frenchName: french, englishName: english} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(folder, frenchName)
}

const (
	sgmFrench  = "<srcset setid=\"s\" srclang=\"any\">\n<doc sysid=\"ref\" docid=\"d1\" genre=\"news\">\n<p>\n<seg id=\"1\">Merci  &amp; bonjour !</seg>\n<seg id=\"2\">Il dit &quot;non&quot;.</seg>\n</p>\n</doc>\n<doc docid=\"d2\"><seg id=1>Merci &amp; bonjour !</seg></doc>\n</srcset>\n"
	sgmEnglish = "<refset>\r\n<doc docid=\"d1\">\r\n<seg id=\"1\"> Thanks &amp; hello! </seg>\r\n<seg id=\"2\">He says\r\n\"no\".</seg></doc>\r\n<doc docid=\"d2\"><seg id=\"1\">Thank you.</seg></doc></refset>"
)

// utf16LE is a text with its byte order mark, as spreadsheets save "Unicode text".
func utf16LE(text string) string {
	b := []byte("\xff\xfe")
	for _, u := range utf16.Encode([]rune(text)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return string(b)
}

func TestWMTLoads(t *testing.T) {
	want := []suites.Example{
		suites.NewExample("wmt15_fr_en", "French: Merci & bonjour !\nEnglish:", []string{"Thanks & hello!"}, ""),
		suites.NewExample("wmt15_fr_en", "French: Il dit \"non\".\nEnglish:", []string{"He says \"no\"."}, ""),
	}
	plainFrench, plainEnglish := "\ufeffMerci & bonjour !\r\nIl dit \"non\".\r\nMerci & bonjour !\r\n", "Thanks & hello!\nHe says \"no\".\nThank you."
	tests := []struct{ name, path, beside string }{
		{"SGML", writePair(t, "news-fren-src.fr.sgm", sgmFrench, "news-fren-ref.en.sgm", sgmEnglish), "news-fren-ref.en.sgm"},
		{"lines", writePair(t, "news-src.fr", plainFrench, "news-ref.en", plainEnglish), "news-ref.en"},
		{"lines, short name", writePair(t, "news.fr.txt", plainFrench, "news.en.txt", plainEnglish), "news.en.txt"},
		{"lines that end with CR", writePair(t, "news-src.fr", strings.NewReplacer("\r\n", "\r").Replace(plainFrench), "news-ref.en", strings.ReplaceAll(plainEnglish, "\n", "\r")), "news-ref.en"},
		{"table as spreadsheets save it", write(t, "news.tsv", utf16LE("Merci & bonjour !\tThanks & hello!\r\n\"Il dit \"\"non\"\".\"\t\"He says \"\"no\"\".\"\r\nMerci & bonjour !\t\"Thank, you.\"\r\n")), ""},
		{"table", write(t, "news.tsv", "Merci & bonjour !\tThanks & hello!\r\nIl dit \"non\".\t He says \"no\".\nMerci & bonjour !\tThank you.\n"), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			set := load(t, "wmt15_fr_en", suites.Files{Data: tt.path})
			if diff := cmp.Diff(want, set.Examples); diff != "" {
				t.Errorf("examples (-want +got):\n%s", diff)
			}
			if len(set.Notices) != 1 || !strings.Contains(set.Notices[0], "1 of 3 sentences skipped") {
				t.Errorf("notices %q", set.Notices)
			}
			var files []string
			if tt.beside != "" {
				files = []string{filepath.Join(filepath.Dir(tt.path), tt.beside)}
			}
			if diff := cmp.Diff(files, set.Files); diff != "" {
				t.Errorf("other files read (-want +got):\n%s", diff)
			}
			prompt := "Translate the following sentences from French into English.\n\nFrench: Merci & bonjour !\nEnglish:"
			if got := set.Ask(&set.Examples[0], "zeroshot").Prompt; got != prompt {
				t.Errorf("prompt %q, want %q", got, prompt)
			}
		})
	}
}

func TestWMTShots(t *testing.T) {
	data := write(t, "news.tsv", "Un.\tOne.\n")
	var french, english, want strings.Builder
	want.WriteString("Translate the following sentences from French into English.\n\n")
	french.WriteString("Un.\n")
	english.WriteString("Leaked.\n")
	for i := range 16 {
		fmt.Fprintf(&french, "Phrase %d.\n", i)
		fmt.Fprintf(&english, "Sentence %d.\n", i)
		if i < 15 {
			fmt.Fprintf(&want, "French: Phrase %d.\nEnglish: Sentence %d.\n\n", i, i)
		}
	}
	want.WriteString("French: Un.\nEnglish:")
	shots := writePair(t, "dev.fr", french.String(), "dev.en", english.String())
	set := load(t, "wmt15_fr_en", suites.Files{Data: data, Shots: shots})
	if got := set.Ask(&set.Examples[0], "fewshot").Prompt; got != want.String() {
		t.Errorf("prompt (-want +got):\n%s", cmp.Diff(want.String(), got))
	}
	if beside := strings.TrimSuffix(shots, ".fr") + ".en"; len(set.Files) != 1 || set.Files[0] != beside {
		t.Errorf("other files read %q, want %s", set.Files, beside)
	}
	few := write(t, "dev.tsv", "Deux.\tTwo.\n")
	wantFault(t, "wmt15_fr_en", suites.Files{Data: data, Shots: few}, few, "1 of 15 few-shot examples")
}

func TestWMTFaults(t *testing.T) {
	pair := func(french, english string) string { return writePair(t, "x.fr", french, "x.en", english) }
	sgm := func(french, english string) string {
		return writePair(t, "x-src.fr.sgm", french, "x-ref.en.sgm", english)
	}
	tests := []struct{ name, path, place, want string }{
		{"line counts", pair("Un.\nDeux.\n", "One.\n"), "/x.fr", "2 sentences, but "},
		{"empty", pair("", ""), "/x.fr:1", "no sentence in the file"},
		{"blank French", pair("Un.\n \nTrois.\n", "One.\nTwo.\nThree.\n"), "/x.fr:2", "the sentence is empty"},
		{"blank English", pair("Un.\nDeux.\n", "One.\n\n\n"), "/x.en:2", "the sentence is empty"},
		{"invalid UTF-8", pair("Un.\nDe\xe9.\n", "One.\nTwo.\n"), "/x.fr:2", "not valid UTF-8"},
		{"no name to go by", write(t, "x.txt", "Un."), "/x.txt", "no .fr, so the English file"},
		{"no English file", write(t, "x.fr", "Un."), "/x.en", "no such file"},
		{"one field", write(t, "x.tsv", "Un.\tOne.\nDeux.\n"), "/x.tsv:2", "1 field where French, tab, English"},
		{"three fields", write(t, "x.tsv", "Un.\tOne.\tUno.\n"), "/x.tsv:1", "3 fields"},
		{"blank field", write(t, "x.tsv", "Un.\tOne.\n\tTwo.\n"), "/x.tsv:2", "one of the two sentences is empty"},
		{"empty table", write(t, "x.tsv", ""), "/x.tsv:1", "the file is empty"},
		{"other segments", sgm("<doc docid=\"d\">\n<seg id=\"1\">Un.</seg>", "<doc docid=\"d\"><seg id=\"2\">One.</seg>"), "/x-src.fr.sgm:2", "segment d/1 is paired with d/2"},
		{"torn segment at the end", sgm("<seg id=\"1\">Un.</seg>\n<seg id=\"2\">De", ""), "/x-src.fr.sgm:2", "no </seg>"},
		{"torn segment amid", sgm("\n<seg id=\"1\">Un.\n<seg id=\"2\">Deux.</seg>", ""), "/x-src.fr.sgm:2", "no </seg>"},
		{"empty segment", sgm("<seg id=\"1\">Un.</seg>\n<seg id=\"2\"> </seg>", ""), "/x-src.fr.sgm:2", "the sentence is empty"},
		{"no segments", sgm("<doc></doc>", ""), "/x-src.fr.sgm:1", "no sentence in the file"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wantFault(t, "wmt15_fr_en", suites.Files{Data: tt.path}, filepath.Dir(tt.path)+tt.place, tt.want)
		})
	}
}

// The release's inputs, given as a file, get their own ids back.
func TestWMTMeetsTheRelease(t *testing.T) {
	contexts := recorded(t, "fr_to_en_samples.csv")
	var table strings.Builder
	for context, reference := range contexts {
		french := strings.TrimSuffix(strings.TrimPrefix(context, "French: "), "\nEnglish:")
		fmt.Fprintf(&table, "%s\t%s\n", french, reference)
	}
	set := load(t, "wmt15_fr_en", suites.Files{Data: write(t, "x.tsv", table.String())})
	met := 0
	for _, ex := range set.Examples {
		if reference, ok := contexts[ex.Input]; ok && ex.References[0] == reference {
			met++
		}
	}
	if met != 100 {
		t.Errorf("%d released contexts match, want 100", met)
	}
}

// Quotes around a sentence belong to the sentence if no field doubles its own.
func TestWMTQuotedSentences(t *testing.T) {
	set := load(t, "wmt15_fr_en", suites.Files{Data: write(t, "news.tsv", "\"Oui.\"\t\"Yes.\"\nNon.\tNo, \"\" no.\n")})
	if len(set.Examples) != 2 || set.Examples[0].References[0] != `"Yes."` || set.Examples[1].References[0] != `No, "" no.` {
		t.Errorf("examples %+v", set.Examples)
	}
}
