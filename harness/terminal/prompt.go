package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"assay/reports/text"
)

// ReadPrompt reads a prompt to its end, or until it is interrupted.
func (c Console) ReadPrompt(ctx context.Context, in io.Reader) (string, error) {
	if Is(in) {
		c.Notice("type the prompt, and end it with Ctrl-D on a new line")
	}
	var data []byte
	var err error
	read := make(chan struct{})
	go func() { // reading from a terminal ignores ctx
		defer close(read)
		data, err = io.ReadAll(in)
	}()
	select {
	case <-read:
	case <-ctx.Done():
		return "", errors.New("interrupted while reading the prompt")
	}
	if err != nil {
		return "", fmt.Errorf("reading the prompt: %w", err)
	}
	return strings.TrimSuffix(string(data), "\n"), nil // an editor adds one
}

// Texts is stdout for texts of models: without control characters if it is a terminal.
func (c Console) Texts() io.Writer {
	if Is(c.Out) {
		return cleaned{c.Out}
	}
	return c.Out
}

// cleaned removes control characters from text for a terminal.
type cleaned struct{ io.Writer }

func (w cleaned) Write(p []byte) (int, error) {
	_, err := io.WriteString(w.Writer, text.CleanLines(string(p)))
	return len(p), err
}
