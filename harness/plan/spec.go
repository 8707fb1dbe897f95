package plan

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"assay/harness/yamlstruct"
)

// Spec says where a model is.
type Spec struct {
	Kind   SpecKind
	Target string // the server's base URL without a slash at its end, or the file's or folder's path
	Name   string // the model's name there; "" only for a file that is meant as a whole
}

// SpecKind is the word before a spec's first colon.
type SpecKind string

const (
	OpenAI   SpecKind = "openai" // openai:URL#NAME, a server
	Replay   SpecKind = "replay" // replay:FILE or replay:FILE#NAME, recorded outputs
	GPT      SpecKind = "gpt"    // gpt:DIR, a local checkpoint
	World    SpecKind = "world"  // world:NAME, a checkpoint of the small world that assay carries
	JudgeDir SpecKind = "judge"  // judge:DIR, a judge of 'assay train judge'
	Own      SpecKind = "assay"  // assay:NAME, a judge that assay carries
)

// String writes the spec as [ParseSpec] reads it.
func (s Spec) String() string {
	text := string(s.Kind) + ":" + s.Target
	if s.Name != "" {
		text += "#" + s.Name
	}
	return text
}

// MarshalText writes the spec for JSON: "" for the zero Spec.
func (s Spec) MarshalText() ([]byte, error) {
	if s == (Spec{}) {
		return nil, nil
	}
	return []byte(s.String()), nil
}

// UnmarshalText reads what [Spec.MarshalText] wrote.
func (s *Spec) UnmarshalText(text []byte) (err error) {
	if len(text) == 0 {
		*s = Spec{}
		return nil
	}
	*s, err = ParseSpec(string(text))
	return err
}

// ParseSpec reads openai:URL#NAME, replay:FILE, replay:FILE#NAME, gpt:DIR, world:NAME, judge:DIR or
// assay:NAME. Its errors say the remedy, and never repeat the text, which may hold a secret.
func ParseSpec(text string) (Spec, error) {
	kind, rest, _ := strings.Cut(text, ":")
	switch SpecKind(kind) {
	case OpenAI:
		return parseServer(rest)
	case Replay:
		return parseReplay(rest)
	case GPT:
		return parseFolder(GPT, rest)
	case JudgeDir:
		return parseFolder(JudgeDir, rest)
	case World:
		if strings.TrimSpace(rest) == "" || yamlstruct.CheckWord(rest) != nil || strings.ContainsAny(rest, "/\\") {
			return Spec{}, errors.New("world: needs the name of a checkpoint; write world:gpt, world:sft, world:ppo or world:ptx")
		}
		return Spec{Kind: World, Target: rest}, nil
	case Own:
		if strings.TrimSpace(rest) == "" || yamlstruct.CheckWord(rest) != nil || strings.ContainsAny(rest, "/\\") {
			return Spec{}, errors.New("assay: needs the name of a judge that comes with assay; write assay:toxicity")
		}
		return Spec{Kind: Own, Target: rest}, nil
	case "http", "https":
		return Spec{}, errors.New("a bare URL is not a model spec; write openai:URL#NAME")
	}
	return Spec{}, errors.New("unknown kind of model; write openai:URL#NAME for a server, gpt:DIR for a local checkpoint, world:NAME for one that comes with assay, or replay:PATH#NAME for recorded outputs; a judge can also be judge:DIR of 'assay train judge', or assay:NAME")
}

func parseServer(rest string) (Spec, error) {
	address, name, found := strings.Cut(rest, "#")
	base, err := parseURL(address)
	// Without a path, or where what is before it is no address, the # may have been in a
	// password: http://user:12#34@host/v1.
	if at := strings.Index(name, "@"); at >= 0 && strings.Contains(name[at:], "/") && (err != nil || strings.Count(base, "/") == 2) {
		return Spec{}, errUserinfo
	}
	if err != nil {
		return Spec{}, err
	}
	switch {
	case !found || strings.TrimSpace(name) == "":
		return Spec{}, errors.New("openai: has no model name; write openai:URL#NAME with the model's name on the server")
	}
	if err := yamlstruct.CheckWord(name); err != nil {
		return Spec{}, errors.New("a control character in the model's name; write openai:URL#NAME on one line")
	}
	return Spec{Kind: OpenAI, Target: base, Name: name}, nil
}

func parseReplay(rest string) (Spec, error) {
	file, name := rest, ""
	if i := strings.LastIndex(rest, "#"); i >= 0 {
		if file, name = rest[:i], rest[i+1:]; name == "" {
			return Spec{}, errors.New("replay: with an empty name after #; write replay:FILE#NAME, or replay:FILE alone")
		}
	}
	if err := checkPath("replay:FILE", "file", file, rest); err != nil {
		return Spec{}, err
	}
	return Spec{Kind: Replay, Target: file, Name: name}, nil
}

func parseFolder(kind SpecKind, dir string) (Spec, error) {
	if err := checkPath(string(kind)+":DIR", "folder", dir, dir); err != nil {
		return Spec{}, err
	}
	return Spec{Kind: kind, Target: dir}, nil
}

// Trained reports whether the spec is a judge of 'assay train judge'.
func (s Spec) Trained() bool { return s.Kind == JudgeDir || s.Kind == Own }

// checkPath checks the path in a spec. form is how to write the spec, rest what follows its
// kind.
func checkPath(form, noun, path, rest string) error {
	kind, _, _ := strings.Cut(form, ":")
	switch {
	case strings.TrimSpace(path) == "":
		return fmt.Errorf("%s: has no %s; write %s", kind, noun, form)
	case strings.Contains(path, "://"):
		return fmt.Errorf("%s: doesn't take a URL; download the %s, and write %s", kind, noun, form)
	case yamlstruct.CheckWord(rest) != nil:
		return fmt.Errorf("a control character in %s:; write %s on one line", kind, form)
	}
	return nil
}

var errUserinfo = errors.New("the URL contains a user or password; remove it, and write api_key_env: with the variable that holds the key; if the model's name contains an @, write the address with its path, such as http://host/v1#@org/name")

// parseURL checks the base URL of a server and takes the slash from its end. Its
// errors never repeat the text.
func parseURL(text string) (string, error) {
	if strings.Contains(text, "@") { // whatever else is wrong: a password may hold a / or ?
		return "", errUserinfo
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.Opaque != "":
		return "", errors.New("not a server address; write http:// or https:// with host, port and path, as in http://127.0.0.1:8080/v1")
	case u.RawQuery != "" || u.ForceQuery:
		return "", errors.New("the URL has a query; remove the ? and what follows it, and write query: {NAME: value}, or {NAME: {env: VARIABLE}} for a secret")
	case strings.Contains(text, "#"):
		return "", errors.New("the URL contains a #; write the address without #NAME")
	}
	path := strings.TrimRight(u.Path, "/")
	for _, route := range []string{"/chat/completions", "/completions"} { // the longer one first
		if strings.HasSuffix(path, route) {
			return "", fmt.Errorf("the URL ends in %s, which assay adds; remove it, as in http://127.0.0.1:8080/v1", route)
		}
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return "", errors.New("the URL's port is not from 1 to 65535; write the server's port")
		}
	}
	return strings.TrimRight(text, "/"), nil
}
