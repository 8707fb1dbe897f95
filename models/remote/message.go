package remote

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// maxMessages is how many messages are kept of a list.
const maxMessages = 3

// words is a server's report of an error.
type words struct {
	message string // "" if there is none
	param   string // the rejected member of the request, "" if the server names none
}

// wordsOf reads a server's report of an error in the shapes {"error":{"message":"..","param":".."}} (OpenAI,
// vLLM, llama.cpp, Perspective), {"error":".."} (Ollama, TGI), {"message":".."} (vLLM), {"detail":".."} and
// {"detail":[{"loc":["body","seed"],"msg":".."}]} (FastAPI), any of these inside another (Mistral) or in a
// list (Gemini); or a plain text, or the title of an HTML page.
func wordsOf(body []byte) words {
	value := jsontext.Value(strings.TrimPrefix(string(body), "\ufeff"))
	if value.IsValid(lenient) {
		return wordsIn(value, 0)
	}
	text := strings.TrimSpace(string(value))
	if strings.HasPrefix(text, "<") {
		if m := pageTitle.FindStringSubmatch(text); m != nil {
			text = strings.Join(strings.Fields(html.UnescapeString(m[1])), " ")
		}
	}
	if strings.HasPrefix(text, "<") || !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
		return words{} // an HTML page, or several lines of something else
	}
	return words{message: text}
}

// pageTitle matches the title of a proxy's HTML page.
var pageTitle = regexp.MustCompile(`(?is)<(?:title|h1)[^>]*>([^<]*)</`)

var lenient = json.JoinOptions(jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))

// messageNames are the members that may contain a message, the likeliest first.
var messageNames = []string{"error", "message", "detail", "msg", "errors", "error_description", "description"}

func wordsIn(value jsontext.Value, depth int) words {
	const deepest = 5
	if depth > deepest {
		return words{}
	}
	switch value.Kind() {
	case '"':
		return words{message: textOf(value)}
	case '[':
		return wordsOfList(value, depth)
	case '{':
	default:
		return words{}
	}
	var members map[string]jsontext.Value
	if json.Unmarshal(value, &members, lenient) != nil {
		return words{}
	}
	var w words
	for _, name := range messageNames {
		if w = wordsIn(members[name], depth+1); w.message != "" {
			break
		}
	}
	if param := textOf(members["param"]); param != "" {
		w.param = param
	}
	if place := placeOf(members["loc"]); place != "" && w.message != "" {
		w.message, w.param = place+": "+w.message, place
	}
	return w
}

func wordsOfList(value jsontext.Value, depth int) words {
	var list []jsontext.Value
	if json.Unmarshal(value, &list, lenient) != nil {
		return words{}
	}
	var w words
	var all []string
	for _, one := range list {
		got := wordsIn(one, depth+1)
		if got.message == "" || slices.Contains(all, got.message) {
			continue
		}
		if len(all) == maxMessages {
			break
		}
		all = append(all, got.message)
		if w.param == "" {
			w.param = got.param
		}
	}
	w.message = strings.Join(all, "; ")
	return w
}

// placeOf is the path in FastAPI's loc without a leading body or query.
func placeOf(value jsontext.Value) string {
	var path []jsontext.Value
	if value.Kind() != '[' || json.Unmarshal(value, &path, lenient) != nil {
		return ""
	}
	var names []string
	for i, one := range path {
		name := textOf(one)
		if name == "" {
			name = string(one) // an index
		}
		if i > 0 || name != "body" && name != "query" {
			names = append(names, name)
		}
	}
	return strings.Join(names, ".")
}

// textOf is a JSON string, or "" for anything else.
func textOf(value jsontext.Value) string {
	var text string
	if value.Kind() != '"' || json.Unmarshal(value, &text, lenient) != nil {
		return ""
	}
	return text
}

// Words returns a server's error message in a body, or "". A client's own errors already contain it; this is
// for errors within answers.
func Words(body []byte) string { return wordsOf(body).message }

// lasting reports whether a message contains neither a time nor an id, so that equal runs have the same one.
func lasting(message string) bool {
	return !strings.ContainsFunc(message, unicode.IsDigit)
}
