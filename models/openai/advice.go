package openai

import (
	"net/http"
	"strings"

	"assay/harness/leaf/place"
	"assay/harness/leaf/printable"
)

// advise says what to change about a status that a server keeps giving; said is its message, "" for
// none. It is "" if there is nothing better than [remote.Client]'s own words.
func (c *Client) advise(status int, said string) string {
	said = strings.ToLower(said)
	names := func(word string) bool { return strings.Contains(said, word) }
	switch {
	case status == http.StatusUnauthorized && !c.keyed():
		return "the request had no key; write api_key_env: and the environment variable that holds it"
	case status != http.StatusNotFound:
		return ""
	case !c.config.Chat && (names("chat") || !names("model") && !names("key")):
		return "the server may only have the chat route: write api: chat; otherwise check the URL, which usually ends in /v1"
	case names("model") && c.listed() != nil:
		return "correct the model's name after #: " + printable.Text(place.Choose(c.config.Model, c.listed()))
	case names("model"):
		return "check the model's name after #"
	}
	return "check the URL, which usually ends in /v1, and the model's name"
}

// keyed reports whether requests carry a header or a query that may hold a key.
func (c *Client) keyed() bool { return len(c.config.Remote.Header)+len(c.config.Remote.Query) > 0 }

// listed are the models that the server listed, nil if it has none or wasn't asked.
func (c *Client) listed() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.models
}
