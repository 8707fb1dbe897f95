package bpe

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json"

	"assay/harness/leaf/place"
	"assay/harness/leaf/plural"
	"assay/harness/leaf/rows"
)

// loadPair reads GPT-2's vocabulary and merges.
func loadPair(vocabPath, mergesPath string, s *settings) (*Tokenizer, error) {
	s.pair = true
	if err := s.onlyGPT2(vocabPath); err != nil {
		return nil, err
	}
	data, err := readFile(vocabPath)
	if err != nil {
		return nil, err
	}
	var vocab map[string]int32
	if err := json.Unmarshal(data, &vocab); err != nil {
		return nil, place.Errorf(vocabPath, 0, "not a vocabulary: %w", oneLine(err))
	}
	text, err := readFile(mergesPath)
	if err != nil {
		return nil, err
	}
	var merges [][2]string
	for lines := rows.NewLines(bytes.NewReader(text)); ; {
		raw, _, err := lines.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, place.At(mergesPath, lines.Number, err)
		}
		line := strings.TrimSuffix(string(raw), "\r")
		if lines.Number == 1 && strings.HasPrefix(line, "#version") || line == "" {
			continue
		}
		left, right, ok := strings.Cut(line, " ")
		if !ok || left == "" || right == "" || strings.Contains(right, " ") {
			return nil, place.At(mergesPath, lines.Number, errors.New("the line must be two tokens with a space between them"))
		}
		merges = append(merges, [2]string{left, right})
	}
	b := builder{vocab: vocab, merges: merges, settings: s, rebuilt: true}
	t, err := b.pairs()
	if err != nil {
		return nil, place.At(vocabPath, 0, err)
	}
	return t, nil
}

// ordered returns the words of a vocabulary by id, and the unused ids.
func ordered(vocab map[string]int32) (words []string, missing []int32, err error) {
	size := 0
	for word, id := range vocab {
		if id < 0 || int(id) >= 2*len(vocab)+1024 {
			return nil, nil, fmt.Errorf("token %q has the id %d, but the vocabulary has only %s", word, id, plural.Of(len(vocab), "token"))
		}
		size = max(size, int(id)+1)
	}
	words = make([]string, size)
	taken := make([]bool, size)
	for word, id := range vocab {
		if taken[id] {
			return nil, nil, fmt.Errorf("two tokens have the id %d", id)
		}
		words[id], taken[id] = word, true
	}
	for id, there := range taken {
		if !there {
			missing = append(missing, int32(id))
		}
	}
	return words, missing, nil
}
