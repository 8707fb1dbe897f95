package remote

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// maxMessage is how many characters of a server's message are kept.
const maxMessage = 200

// checkHeader returns what is sent with each request.
func checkHeader(given http.Header) (http.Header, error) {
	header := http.Header{
		"Content-Type": {"application/json"},
		"Accept":       {"application/json"},
		// Without it any coding would be acceptable (RFC 9110, section 12.5.3).
		"Accept-Encoding": {"identity"},
		"User-Agent":      {"assay"},
	}
	for name, values := range given {
		for _, value := range values {
			if strings.ContainsFunc(value, unicode.IsControl) {
				return nil, fmt.Errorf("the value of header %s contains a line break or another control character: check the end of the key", name)
			}
		}
		header[http.CanonicalHeaderKey(name)] = slices.Clone(values)
	}
	return header, nil
}

// secretsOf lists what must not appear in errors: a server may quote the key that it received. Values shorter
// than 4 characters are left out.
func secretsOf(c *Config) []string {
	var secrets []string
	add := func(value string) {
		if len(value) < 4 {
			return
		}
		secrets = append(secrets, value)
		if escaped := url.QueryEscape(value); escaped != value { // as a server quotes an address
			secrets = append(secrets, escaped)
		}
	}
	for _, values := range c.Header {
		for _, value := range values {
			add(value)
			if _, key, ok := strings.Cut(value, " "); ok { // Bearer KEY
				add(strings.TrimSpace(key))
			}
		}
	}
	for _, values := range c.Query {
		for _, value := range values {
			add(value)
		}
	}
	// The longest come first, so that no part of one is left over.
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) })
	return secrets
}

// clean makes one short line of a server's text, without secrets and control characters.
func (c *Client) clean(text string) string {
	for _, secret := range c.secrets {
		text = strings.ReplaceAll(text, secret, "[hidden]")
	}
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, text)
	text = strings.TrimSpace(text)
	count := 0
	for i := range text {
		if count == maxMessage {
			return strings.TrimSpace(text[:i])
		}
		count++
	}
	return text
}
