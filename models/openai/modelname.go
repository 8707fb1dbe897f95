package openai

import (
	"fmt"
	"path"
	"regexp"
	"strings"
	"sync"

	"github.com/go-json-experiment/json"

	"assay/harness/leaf/printable"
)

// sameModel reports whether a server that answers as got may be the model want: the same name, no name at
// all, the name with a version (gpt-4o-2024-08-06, name:latest), or a file of that name (/models/NAME.gguf).
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
	// Windows servers write paths with backslashes.
	got, want = path.Base(strings.ReplaceAll(got, `\`, "/")), path.Base(strings.ReplaceAll(want, `\`, "/"))
	return got == want || strings.TrimSuffix(got, ".gguf") == strings.TrimSuffix(want, ".gguf")
}

// versionSuffix matches a date or a version number: -2024-08-06, -0613, -v2, -1.5.
var versionSuffix = regexp.MustCompile(`^[-@]v?\d[\d.-]*$`)

// aliasAfter is how many answers in a row, from the very first, must have the same other name for it to count
// as a router's alias. An occasional one is a load balancer's mistake.
const aliasAfter = 3

// anyName is the served_as that allows all names.
const anyName = "*"

// served decides under which names answers count.
type served struct {
	mu     sync.Mutex
	seen   bool   // an answer came under the model's own name
	alias  string // the name in the answers instead; "" if unknown
	other  string // the name of the answers so far
	others int
}

// otherModel is the error for an answer from another model.
type otherModel struct{ got, want string }

func (o *otherModel) Error() string {
	return fmt.Sprintf("the answer came from the model %q, not %q; if that is right, set served_as to it, or to %q for a router that chooses among models", printable.Text(o.got), o.want, anyName)
}

// checkModel returns an error unless an answer under a name may count.
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
	c.notice(fmt.Sprintf("the server answers as %q when %q is requested; this is assumed to be a router's alias; set served_as if only one of its models may answer", printable.Text(got), c.config.Model))
	return nil
}

// undecided reports whether the first answers may still show what the name stands for.
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
