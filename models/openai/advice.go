package openai

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"assay/harness/leaf/place"
	"assay/harness/leaf/printable"
)

const (
	chatAdvice = "the server may only have the chat route: write api: chat"
	urlAdvice  = "check the URL, which usually ends in /v1"
)

// versioned matches a base URL whose path names a version of the API: http://127.0.0.1:8080/v1.
var versioned = regexp.MustCompile(`/v[0-9]+[a-z0-9]*(/|$)`)

// advise says what to change about a status that a server keeps giving; said is its message, "" for
// none. It is "" if there is nothing better than [remote.Client]'s own words.
func (c *Client) advise(status int, said string) string {
	said = strings.ToLower(said)
	names := func(word string) bool { return strings.Contains(said, word) }
	unnamed := !names("model") && !names("key")
	switch {
	case status == http.StatusUnauthorized && !c.keyed():
		return "the request had no key; write api_key_env: and the environment variable that holds it"
	case status != http.StatusNotFound:
		return ""
	case !slices.ContainsFunc(c.config.Remote.Endpoints, versioned.MatchString) && (unnamed || names("route")):
		if c.config.Chat {
			return urlAdvice
		}
		return urlAdvice + "; otherwise " + chatAdvice
	case !c.config.Chat && (names("chat") || unnamed):
		return chatAdvice + "; otherwise " + urlAdvice
	case names("model") && slices.Contains(c.listed(), c.config.Model):
		if c.config.Chat {
			return "the server lists this model but refuses it; check that the key may use it, and that it is a chat model"
		}
		return "the server lists this model but refuses it; write api: chat, or check that the key may use it"
	case names("model") && c.listed() != nil:
		return "correct the model's name after #: " + printable.Text(place.Choose(c.config.Model, c.listed()))
	case names("model"):
		return "check the model's name after #"
	}
	return urlAdvice + ", and the model's name"
}

// keyed reports whether requests carry a header or a query that may hold a key.
func (c *Client) keyed() bool { return len(c.config.Remote.Header)+len(c.config.Remote.Query) > 0 }

// listed are the models that the server listed, nil if it has none or wasn't asked.
func (c *Client) listed() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.models
}
