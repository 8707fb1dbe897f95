package openai

import (
	"fmt"
	"path"
	"regexp"
	"strings"
	"sync"

	"github.com/go-json-experiment/json"
)

// sameModel says whether a server that answers as got may be the model that was
// wanted: the same name, none at all, the name with a version (gpt-4o-2024-08-06,
// name:latest), or a file of that name (/models/NAME.gguf).
func sameModel(got, want string) bool {
	if got == "" || got == want {
		return true
	}
	if version, ok := strings.CutPrefix(got, want); ok && versionSuffix.MatchString(version) {
		return true
	}
	if got == want+":latest" {
		return true
	}
	// Windows servers write their paths with backslashes.
	got, want = path.Base(strings.ReplaceAll(got, `\`, "/")), path.Base(strings.ReplaceAll(want, `\`, "/"))
	return got == want || strings.TrimSuffix(got, ".gguf") == strings.TrimSuffix(want, ".gguf")
}

// versionSuffix is a date or a version number: -2024-08-06, -0613, -v2, -1.5.
var versionSuffix = regexp.MustCompile(`^[-@]v?\d[\d.-]*$`)

// aliasAfter is how many answers in a row, the first of all, must come under another
// name for it to be what the name stands for at a router. One now and then is a
// balancer's mistake.
const aliasAfter = 3

// anyName is the served_as under which all names pass.
const anyName = "*"

// served decides under which name answers may come.
type served struct {
	mu     sync.Mutex
	seen   bool   // an answer came under the model's own name
	alias  string // the name that answers come under instead; "" where that is not known
	other  string // the name of the answers so far
	others int
}

// otherModel is the error of an answer that came from another model.
type otherModel struct{ got, want string }

func (o *otherModel) Error() string {
	return fmt.Sprintf("the answer came from the model %q, not %q; if that is right, name it as served_as, or write served_as: %q for a router that chooses among models", printable(o.got), o.want, anyName)
}

// checkModel says whether an answer under a name may count.
func (c *Client) checkModel(got string) error {
	if c.config.ServedAs == anyName {
		return nil
	}
	s := &c.served
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case sameModel(got, c.servedAs()) || sameModel(got, c.config.Model):
		s.seen = s.seen || got != ""
		return nil
	case s.alias != "" && sameModel(got, s.alias):
		return nil
	case c.config.ServedAs != "", s.seen, s.alias != "":
		return &otherModel{got, c.servedAs()}
	}
	if got != s.other {
		s.other, s.others = got, 0
	}
	if s.others++; s.others < aliasAfter {
		return &otherModel{got, c.servedAs()}
	}
	s.alias = got
	c.notice(fmt.Sprintf("the server answers as %q when %q is asked: that is taken for a router's alias; write served_as: if only one of its models may answer", printable(got), c.config.Model))
	return nil
}

// undecided says that the first answers may still show what the name stands for.
func (c *Client) undecided() bool {
	c.served.mu.Lock()
	defer c.served.mu.Unlock()
	return c.config.ServedAs == "" && !c.served.seen && c.served.alias == ""
}

// modelList reads the answer of the models route.
func modelList(body []byte) ([]string, bool) {
	var list struct {
		Data []struct {
			ID *string `json:"id"`
		} `json:"data"`
	}
	if json.Unmarshal(body, &list, lenient) != nil || len(list.Data) == 0 {
		return nil, false
	}
	names := make([]string, len(list.Data))
	for i, m := range list.Data {
		if m.ID == nil {
			return nil, false
		}
		names[i] = *m.ID
	}
	return names, true
}
