package chat

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/leaf/rows"
)

// The files of a checkpoint that may contain a template, as transformers writes them.
const (
	templateFile  = "chat_template.jinja"
	legacyFile    = "chat_template.json"
	tokenizerFile = "tokenizer_config.json"
	specialFile   = "special_tokens_map.json"
)

// defaultName is the template that transformers uses if there are several.
const defaultName = "default"

// Read reads the chat template from a checkpoint's folder; it returns nil if there is none. Errors name the
// file.
func Read(dir string) (*Template, error) {
	tokens, configured, err := readConfig(dir)
	if err != nil {
		return nil, err
	}
	source, path := configured, filepath.Join(dir, tokenizerFile)
	file := filepath.Join(dir, templateFile)
	switch data, err := os.ReadFile(file); {
	case err == nil:
		source, path = string(data), file
	case !errors.Is(err, fs.ErrNotExist):
		return nil, rows.Unreadable(file, err)
	case source == "":
		path = filepath.Join(dir, legacyFile)
		if source, err = readLegacy(path); err != nil {
			return nil, err
		}
	}
	if source == "" {
		return nil, nil
	}
	t, err := New(source, tokens)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return t, nil
}

// readConfig reads tokenizer_config.json: the special tokens, and the template if the file contains one.
func readConfig(dir string) (tokens map[string]string, template string, err error) {
	tokens = map[string]string{}
	for _, name := range []string{specialFile, tokenizerFile} {
		members, err := readObject(filepath.Join(dir, name))
		if err != nil {
			return nil, "", err
		}
		for _, token := range []string{"bos_token", "eos_token", "unk_token", "pad_token", "sep_token", "cls_token", "mask_token"} {
			if text, ok := tokenText(members[token]); ok {
				tokens[token] = text
			}
		}
		if name == tokenizerFile {
			if template, err = templateOf(members["chat_template"]); err != nil {
				return nil, "", fmt.Errorf("%s: chat_template: %w", filepath.Join(dir, name), err)
			}
		}
	}
	return tokens, template, nil
}

func readLegacy(path string) (string, error) {
	members, err := readObject(path)
	if err != nil {
		return "", err
	}
	template, err := templateOf(members["chat_template"])
	if err != nil {
		return "", fmt.Errorf("%s: chat_template: %w", path, err)
	}
	return template, nil
}

// readObject reads a file that contains one JSON object; an absent file has no members.
func readObject(path string) (map[string]jsontext.Value, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, rows.Unreadable(path, err)
	}
	var members map[string]jsontext.Value
	if err := json.Unmarshal(data, &members); err != nil {
		return nil, fmt.Errorf("%s: not a JSON object: %w", path, err)
	}
	return members, nil
}

// tokenText reads a special token: a text, or an object whose content is the text.
func tokenText(value jsontext.Value) (string, bool) {
	var text *string
	if json.Unmarshal(value, &text) == nil {
		if text == nil {
			return "", false
		}
		return *text, true
	}
	var token struct {
		Content *string `json:"content"`
	}
	if json.Unmarshal(value, &token) != nil || token.Content == nil {
		return "", false
	}
	return *token.Content, true
}

// templateOf reads a template: a text, or a list of named templates, from which it takes the default.
func templateOf(value jsontext.Value) (string, error) {
	if len(value) == 0 || string(value) == "null" {
		return "", nil
	}
	var text string
	if json.Unmarshal(value, &text) == nil {
		return text, nil
	}
	var named []struct {
		Name     string `json:"name"`
		Template string `json:"template"`
	}
	if json.Unmarshal(value, &named) != nil {
		return "", errors.New("neither a text nor a list of named templates")
	}
	for _, n := range named {
		if n.Name == defaultName {
			return n.Template, nil
		}
	}
	return "", fmt.Errorf("no template is called %q (of %d)", defaultName, len(named))
}
