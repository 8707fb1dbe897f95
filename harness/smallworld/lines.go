package smallworld

import (
	"io"

	"github.com/go-json-experiment/json"

	"assay/harness/leaf/outfile"
)

// WriteLines writes a file of JSON lines, completely or not at all: responses or rankings.
func WriteLines[T any](path string, lines []T) error {
	return outfile.Write(path, func(w io.Writer) error {
		for i := range lines {
			if err := json.MarshalWrite(w, &lines[i]); err != nil {
				return err
			}
			if _, err := io.WriteString(w, "\n"); err != nil {
				return err
			}
		}
		return nil
	})
}
