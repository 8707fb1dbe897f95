package rows

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"assay/harness/leaf/place"
)

// signature is how the files of a format begin.
type signature struct {
	starts string
	at     int    // offset in bytes of what it starts with
	what   string // "a PDF file"
	remedy string
}

// What to do with files of others.
const (
	asUTF8   = "save it as UTF-8"
	asCSV    = "save the sheet as CSV in UTF-8"
	asTable  = "write its rows as JSON lines or CSV"
	notText  = "name a file of text"
	unpackIt = "unpack it first"
)

// signatures are those of files that people take for text. Zip files are in [zipped].
var signatures = []signature{
	{"\xff\xfe\x00\x00", 0, "a file in UTF-32", asUTF8},
	{"\x00\x00\xfe\xff", 0, "a file in UTF-32", asUTF8},
	{"\x1f\x8b", 0, "a gzip file", "unpack it first (gunzip)"},
	{"\x28\xb5\x2f\xfd", 0, "a Zstandard file", "unpack it first (unzstd)"},
	{"\xfd7zXZ\x00", 0, "an xz file", "unpack it first (unxz)"},
	{"1AY&SY", 4, "a bzip2 file", "unpack it first (bunzip2)"},
	{"7z\xbc\xaf\x27\x1c", 0, "a 7z file", unpackIt},
	{"Rar!\x1a\x07", 0, "a RAR file", unpackIt},
	{"ustar", 257, "a tar file", unpackIt},
	{"PAR1", 0, "a Parquet file", "name a file of text, or " + asTable},
	{"ARROW1", 0, "an Arrow file", asTable},
	{"\xd0\xcf\x11\xe0", 0, "an old Excel workbook (xls) or another old Office file", asCSV},
	{"%PDF-", 0, "a PDF file", notText},
	{"{\\rtf", 0, "a rich-text document (RTF)", "save it as plain text in UTF-8"},
	{"\x93NUMPY", 0, "a NumPy array (npy)", asTable},
	{"\x89HDF", 0, "an HDF5 file", asTable},
	{"SQLite format 3\x00", 0, "an SQLite database", asTable},
	{"GGUF", 0, "a model in GGUF", notText},
	{"\x89PNG", 0, "a PNG image", notText},
	{"\xff\xd8\xff", 0, "a JPEG image", notText},
	{"GIF8", 0, "a GIF image", notText},
	{"\x7fELF", 0, "a program", notText},
}

// zipped are what zip files hold, by a name that is in them. A name is one of the first in the file.
var zipped = []signature{
	{"xl/", 0, "an Excel workbook (xlsx)", asCSV},
	{"word/", 0, "a Word document (docx)", "save it as plain text in UTF-8"},
	{"opendocument.spreadsheet", 0, "a LibreOffice spreadsheet (ods)", asCSV},
	{"opendocument.text", 0, "a LibreOffice document (odt)", "save it as plain text in UTF-8"},
	{".npy", 0, "a file of NumPy arrays (npz)", asTable},
	{"data.pkl", 0, "a PyTorch file", asTable},
	{"[Content_Types].xml", 0, "an Excel workbook or another Office file", asCSV},
}

// Binary is the error of a file that is no text, by its first bytes; nil if it may be text. It says
// what the file is, and what to do. More bytes tell more: the first few thousand are enough.
func Binary(file string, head []byte) error {
	if what, remedy := recognise(head); what != "" {
		return ends(place.Errorf(file, 1, "this is %s; %s", what, remedy))
	}
	return nil
}

// recognise says what a file is by its first bytes, "" if it may be text in UTF-8, or in UTF-16 with
// a byte order mark.
func recognise(head []byte) (what, remedy string) {
	for _, s := range signatures {
		if s.at <= len(head) && bytes.HasPrefix(head[s.at:], []byte(s.starts)) {
			return s.what, s.remedy
		}
	}
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		for _, s := range zipped {
			if bytes.Contains(head, []byte(s.starts)) {
				return s.what, s.remedy
			}
		}
		return "a zip file", unpackIt
	case len(head) > 1 && head[0] == 0x80 && head[1] >= 2 && head[1] <= 5: // no text in UTF-8 begins so
		return "a pickle of Python", asTable
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return "", ""
	case len(head) >= 4 && (head[0] != 0 && head[1] == 0 && head[2] != 0 && head[3] == 0 || head[0] == 0 && head[1] != 0 && head[2] == 0 && head[3] != 0):
		return "a file in UTF-16 without a byte order mark", asUTF8
	case bytes.IndexByte(head, 0) >= 0 && !utf8.Valid(complete(head)):
		return "a binary file", notText
	}
	return "", ""
}

// complete is a text without a last character that is cut off.
func complete(head []byte) []byte {
	for n := 1; n < utf8.UTFMax && n <= len(head); n++ {
		if c := head[len(head)-n]; utf8.RuneStart(c) {
			if c >= utf8.RuneSelf && !utf8.FullRune(head[len(head)-n:]) {
				return head[:len(head)-n]
			}
			break
		}
	}
	return head
}

// FormatOf says what a text is, for the error of a reader that needs another format: "HTML or XML",
// "CSV with the columns a, b", "text". JSON and what may be JSON is "".
func FormatOf(text []byte) string {
	first, rest := firstLine(text)
	second, _ := firstLine(rest)
	if len(first) > 0 && (first[0] == '{' || first[0] == '[') {
		return ""
	}
	name, _ := formatOf(first, second)
	return name
}

// firstLine cuts the first line that isn't blank off a text, and trims it.
func firstLine(text []byte) (line, rest []byte) {
	for len(line) == 0 && len(text) > 0 {
		line, text, _ = bytes.Cut(text, []byte("\n"))
		line = bytes.TrimSpace(line)
	}
	return line, text
}

// isProse reports whether a line is of words, as no line of JSON is.
func isProse(line []byte) bool {
	c, _ := utf8.DecodeRune(line)
	word, _, several := bytes.Cut(line, []byte(" "))
	return several && len(word) > 0 && c != utf8.RuneError && !bytes.ContainsAny(word, `"{}[]:,`) && unicode.IsLetter(c)
}
