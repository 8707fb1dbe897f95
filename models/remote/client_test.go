package remote_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"assay/models/remote"
)

// server answers the n-th request with the n-th handler, and further ones with the last.
func server(t testing.TB, handlers ...http.HandlerFunc) (string, *atomic.Int64) {
	t.Helper()
	calls := new(atomic.Int64)
	s := httptest.NewServer(counted(calls, handlers))
	t.Cleanup(s.Close)
	return s.URL, calls
}

func counted(calls *atomic.Int64, handlers []http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := int(calls.Add(1)) - 1
		handlers[min(n, len(handlers)-1)](w, r)
	})
}

func status(code int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(code)
		io.WriteString(w, body)
	}
}

func ok(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"ok":true}`) }

func hang(w http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body) // only then does the server notice that the client has disconnected
	<-r.Context().Done()
}

func torn(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "100")
	io.WriteString(w, `{"ok":`)
}

// huge writes until nobody reads, and counts the bytes that it wrote.
func huge(wrote *atomic.Int64, declared bool) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if declared {
			w.Header().Set("Content-Length", fmt.Sprint(100<<20))
		}
		chunk := []byte(strings.Repeat("x", 1<<20))
		for range 100 {
			n, err := w.Write(chunk)
			wrote.Add(int64(n))
			if err != nil {
				return
			}
		}
	}
}

func client(t testing.TB, c remote.Config) *remote.Client {
	t.Helper()
	if c.Backoff == 0 {
		c.Backoff = time.Millisecond
	}
	r, err := remote.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// decode accepts the one good answer.
func decode(body []byte) error {
	if string(body) != `{"ok":true}` {
		return errors.New("the answer is not ok")
	}
	return nil
}

func post(c *remote.Client) error { return postBody(c, `{}`) }

func postBody(c *remote.Client, body string) error {
	return c.Post(context.Background(), "completions", []byte(body), 1, decode)
}

func TestSecrets(t *testing.T) {
	const key, query = "sk-very-secret", "sesame-open"
	echo := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(code)
			fmt.Fprintf(w, `{"error":{"message":"bad %s and %s"}}`, r.Header.Get("Authorization"), r.URL.Query().Get("key"))
		}
	}
	var sent atomic.Bool
	closed := httptest.NewServer(nil)
	closed.Close()
	faults := map[string]string{"nobody": closed.URL}
	for _, code := range []int{400, 401, 500, 429, 200} {
		u, _ := server(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") == "Bearer "+key && r.URL.Query().Get("key") == query {
				sent.Store(true)
			}
			echo(code)(w, r)
		})
		faults[fmt.Sprint(code)] = u
	}
	for name, u := range faults {
		c := client(t, remote.Config{Endpoints: []string{u}, Attempts: 2,
			Header: http.Header{"Authorization": {"Bearer " + key}}, Query: url.Values{"key": {query}}})
		err := c.Post(context.Background(), "x", nil, 1, func(body []byte) error { return errors.New(string(body)) })
		_, getErr := c.Get(context.Background(), "x")
		text := fmt.Sprint(err, getErr, c.Stats())
		var failure *remote.Failure
		if errors.As(err, &failure) {
			text += failure.Reason
		}
		if err == nil || strings.Contains(text, key) || strings.Contains(text, query) {
			t.Errorf("%s: %s", name, text)
		}
	}
	if !sent.Load() {
		t.Error("the key was not sent")
	}
}

func TestNewRefuses(t *testing.T) {
	for _, tt := range []struct {
		c    remote.Config
		want string
	}{
		{remote.Config{}, "no endpoint: "},
		{remote.Config{Endpoints: []string{"http://user:hunter2@host/v1"}}, "the URL of host contains a user or a password: "},
		{remote.Config{Endpoints: []string{"http://host/v1?key=hunter2"}}, "the URL of host has a query: "},
		{remote.Config{Endpoints: []string{"http://host/v1#hunter2"}}, "the URL of host has a fragment: "},
		{remote.Config{Endpoints: []string{"http://host/v1#"}}, "the URL of host has a fragment: "},
		{remote.Config{Endpoints: []string{"ftp://host/v1"}}, "an endpoint's URL must start with "},
		{remote.Config{Endpoints: []string{"host:8080/v1"}}, "an endpoint's URL must start with "},
		{remote.Config{Endpoints: []string{"http:///v1"}}, "an endpoint's URL has no host: "},
		{remote.Config{Endpoints: []string{"http://user:hunter2@ho st/"}}, "an endpoint is not a URL: "},
		{remote.Config{Endpoints: []string{"http://host"}, Attempts: -1}, "attempts is negative: "},
		{remote.Config{Endpoints: []string{"http://host"}, Header: http.Header{"Authorization": {"hunter2\n"}}}, "the value of header Authorization contains a line break "},
	} {
		_, err := remote.New(tt.c)
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) || strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v: error %v, want %q", tt.c.Endpoints, err, tt.want)
		}
	}
}

func ExampleClient_Post() {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `{"score":0.25}`)
	}))
	defer s.Close()
	c, err := remote.New(remote.Config{Endpoints: []string{s.URL}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	err = c.Post(context.Background(), "classify", []byte(`{"text":"hello"}`), 0, func(answer []byte) error {
		fmt.Printf("%s\n", answer)
		return nil
	})
	fmt.Println(err, c.Stats().Attempts)
	// Output:
	// {"score":0.25}
	// <nil> 1
}
