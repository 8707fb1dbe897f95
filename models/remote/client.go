package remote

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Config describes a service. Zero numbers and durations mean the defaults named beside them.
type Config struct {
	Endpoints []string    // base URLs of interchangeable servers, without userinfo, e.g. "http://127.0.0.1:8080/v1"
	Header    http.Header // sent with each request; never logged, and never in an error
	Query     url.Values  // added to each URL; never in an error

	Timeout           time.Duration // of one attempt, from dialling to the last byte of the answer; 0 is 60 s
	Attempts          int           // attempts at one request; 0 is 8
	Concurrency       int           // most requests in flight, over all endpoints; 0 is 16
	RequestsPerMinute int           // attempts a minute; 0 is no limit
	TokensPerMinute   int           // tokens a minute, by the caller's estimates; 0 is no limit
	MaxBody           int64         // bytes of an answer; 0 is 8 MiB
	Backoff           time.Duration // first wait between attempts, then doubled up to 60 s, each ±50%; 0 is 500 ms
	Loading           time.Duration // how long Get waits for a server that reports that it is loading its model; 0 is 10 min

	Waiting func(words string) // called once when Get waits; nil for no message
	// Remedy says what to do about a status that the service keeps giving with a message; nil, or
	// "", for the usual words.
	Remedy func(status int, message string) string
}

// Client posts to one service. It is safe for concurrent use.
type Client struct {
	config    Config
	transport *http.Transport
	header    http.Header // shared by all requests, which never write to it
	host      string      // replaces the URL's host; "" keeps it
	query     string
	secrets   []string
	balancer  *balancer
	limit     *rateLimit
	stats     tally
}

// New checks a configuration; it sends nothing. Its errors are one line with a remedy.
func New(c Config) (*Client, error) {
	if err := c.fill(); err != nil {
		return nil, err
	}
	bases := make([]*url.URL, len(c.Endpoints))
	for i, endpoint := range c.Endpoints {
		base, err := parseBase(endpoint)
		if err != nil {
			return nil, err
		}
		bases[i] = base
	}
	header, err := checkHeader(c.Header)
	if err != nil {
		return nil, err
	}
	host := header.Get("Host")
	header.Del("Host") // net/http takes the host from the request
	return &Client{
		config:    c,
		transport: newTransport(&c),
		header:    header,
		host:      host,
		query:     c.Query.Encode(),
		secrets:   secretsOf(&c),
		balancer:  newBalancer(bases, c.Concurrency, c.Backoff),
		limit:     newRateLimit(c.RequestsPerMinute, c.TokensPerMinute),
	}, nil
}

// fill replaces zeros by defaults.
func (c *Config) fill() error {
	if len(c.Endpoints) == 0 {
		return errors.New("no endpoint: give at least one base URL, such as http://127.0.0.1:8080/v1")
	}
	for _, n := range []struct {
		name  string
		value int64
	}{
		{"timeout", int64(c.Timeout)}, {"attempts", int64(c.Attempts)}, {"concurrency", int64(c.Concurrency)},
		{"requests per minute", int64(c.RequestsPerMinute)}, {"tokens per minute", int64(c.TokensPerMinute)},
		{"size of an answer", c.MaxBody}, {"first wait", int64(c.Backoff)}, {"wait for a loading model", int64(c.Loading)},
	} {
		if n.value < 0 {
			return fmt.Errorf("%s is negative: use 0 for the default", n.name)
		}
	}
	orDefault(&c.Timeout, 60*time.Second)
	orDefault(&c.Attempts, 8)
	orDefault(&c.Concurrency, 16)
	orDefault(&c.MaxBody, 8<<20)
	orDefault(&c.Backoff, 500*time.Millisecond)
	orDefault(&c.Loading, 10*time.Minute)
	return nil
}

func orDefault[T comparable](v *T, or T) {
	var zero T
	if *v == zero {
		*v = or
	}
}

// parseBase reads a base URL. Its errors don't quote anything that may be secret.
func parseBase(endpoint string) (*url.URL, error) {
	u, err := url.Parse(endpoint)
	switch {
	case err != nil: // the parser's error would quote the URL with its user and password
		return nil, errors.New("an endpoint is not a URL: write it like http://127.0.0.1:8080/v1")
	case u.User != nil:
		return nil, fmt.Errorf("the URL of %s contains a user or a password: remove it, and name the environment variable that holds the key instead", u.Host)
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("an endpoint's URL must start with http:// or https://: write it like http://127.0.0.1:8080/v1")
	case u.Hostname() == "":
		return nil, errors.New("an endpoint's URL has no host: write it like http://127.0.0.1:8080/v1")
	case u.RawQuery != "" || u.ForceQuery:
		return nil, fmt.Errorf("the URL of %s has a query: remove the question mark and what follows it", u.Host)
	case u.Fragment != "" || strings.Contains(endpoint, "#"):
		return nil, fmt.Errorf("the URL of %s has a fragment: remove the number sign and what follows it", u.Host)
	}
	if u.Path == "" {
		u.Path = "/"
	}
	return u, nil
}

// Stats counts the requests so far.
func (c *Client) Stats() Stats { return c.stats.snapshot() }

// Close ends idle connections. Requests in flight continue.
func (c *Client) Close() { c.transport.CloseIdleConnections() }
