package remote_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"assay/models/remote"
)

// The message of a refusal reaches the user in whatever shape it comes.
func TestWordsOfRefusals(t *testing.T) {
	for _, tt := range []struct{ name, body, reason, param string }{
		{"nested with a parameter", `{"error":{"message":"no tea","param":"tea","code":null}}`, "no tea", "tea"},
		{"flat", `{"object":"error","message":"too long by far","type":"BadRequestError","param":null,"code":400}`, "too long by far", ""},
		{"text", `{"error":"inputs must be shorter","error_type":"validation"}`, "inputs must be shorter", ""},
		{"place", `{"detail":[{"type":"extra","loc":["body","tea"],"msg":"not permitted","input":1}]}`, "tea: not permitted", "tea"},
		{"deep place", `{"detail":[{"loc":["body","messages",0,"role"],"msg":"bad"}]}`, "messages.0.role: bad", "messages.0.role"},
		{"detail below message", `{"object":"error","message":{"detail":[{"loc":["body","tea"],"msg":"not permitted"}]}}`, "tea: not permitted", "tea"},
		{"two faults", `{"detail":[{"loc":["body","a"],"msg":"x"},{"loc":["body","b"],"msg":"y"}]}`, "a: x; b: y", "a"},
		{"list", `[{"error":{"code":400,"message":"no such thing"}}]`, "no such thing", ""},
		{"errors", `{"errors":["bad","worse"]}`, "bad; worse", ""},
		{"empty error beside detail", `{"error":"","detail":"why"}`, "why", ""},
		{"mark of the byte order", "\ufeff" + `{"detail":"why"}`, "why", ""},
		{"bare text", "no tea today\n", "no tea today", ""},
		{"page", "<html>no tea</html>", "", ""},
		{"page with a title", "<html><head><title>Entity &amp;\n too large</title></head><body><h1>x</h1></body></html>", "Entity & too large", ""},
		{"other JSON", `[1,{"x":[]}]`, "", ""},
	} {
		u, _ := server(t, status(400, tt.body))
		err := post(client(t, remote.Config{Endpoints: []string{u}}))
		failure, _ := errors.AsType[*remote.Failure](err)
		want := strings.TrimSuffix("status 400: "+tt.reason, ": ")
		if failure == nil || failure.Reason != want || failure.Param != tt.param {
			t.Errorf("%s: %+v, want %q about %q", tt.name, failure, want, tt.param)
		}
	}
}

// What a server says about its load is kept if equal runs will read the same.
func TestWordsAboutLoad(t *testing.T) {
	for body, want := range map[string]string{
		`{"error":{"message":"Loading model"}}`:     "status 503: Loading model",
		`{"error":{"message":"try in 3 seconds"}}`:  "status 503",
		`{"error":{"message":"request 1a2b died"}}`: "status 503",
	} {
		u, _ := server(t, status(503, body))
		failure, _ := errors.AsType[*remote.Failure](post(client(t, remote.Config{Endpoints: []string{u}, Attempts: 2})))
		if failure == nil || failure.Reason != want || failure.Attempts != 2 {
			t.Errorf("%s: %+v, want %q", body, failure, want)
		}
	}
}

func TestGetWaitsForAModelThatLoads(t *testing.T) {
	loading := status(503, `{"error":{"message":"Loading model 7"}}`)
	u, calls := server(t, loading, loading, loading, loading, ok)
	said := ""
	c := client(t, remote.Config{Endpoints: []string{u}, Attempts: 2, Waiting: func(words string) { said += words + "\n" }})
	if body, err := c.Get(context.Background(), "models"); err != nil || string(body) != `{"ok":true}` || calls.Load() != 5 {
		t.Errorf("%q, %v after %d calls", body, err, calls.Load())
	}
	if said != "status 503: Loading model 7\n" {
		t.Errorf("said %q", said)
	}

	clocked(t, "in vain", func(t *testing.T) {
		const limit = 10 * time.Minute
		c, _ := piped(t, remote.Config{Loading: limit, Backoff: time.Second}, loading)
		var err error
		waited := took(func() { _, err = c.Get(context.Background(), "models") })
		if err == nil || !strings.HasPrefix(err.Error(), "http://piped/models: status 503: Loading model 7, after ") || waited < limit || waited > limit+4*time.Second {
			t.Errorf("error %v after %v, want the server's words after about %v", err, waited, limit)
		}
	})
	u, calls = server(t, status(503, `{"error":"over 9 jobs"}`))
	_, err := client(t, remote.Config{Endpoints: []string{u}, Attempts: 3}).Get(context.Background(), "models")
	if err == nil || err.Error() != u+"/models: status 503: over 9 jobs, after 3 attempts" || calls.Load() != 3 {
		t.Errorf("error %v after %d calls", err, calls.Load())
	}
}

// Bodies that are compressed although identity was requested are decompressed, within MaxBody.
func TestPackedAnswers(t *testing.T) {
	pack := map[string]func(w io.Writer) io.WriteCloser{
		"gzip":    func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) },
		"deflate": func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) },
		"Deflate": func(w io.Writer) io.WriteCloser { f, _ := flate.NewWriter(w, 6); return f },
	}
	packed := func(coding string, code int, text string) http.HandlerFunc {
		var b bytes.Buffer
		z := pack[coding](&b)
		io.WriteString(z, text)
		z.Close()
		return func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Accept-Encoding") != "identity" {
				t.Errorf("Accept-Encoding %q", r.Header.Get("Accept-Encoding"))
			}
			w.Header().Set("Content-Encoding", coding)
			w.WriteHeader(code)
			w.Write(b.Bytes())
		}
	}
	for coding := range pack {
		u, _ := server(t, packed(coding, 200, `{"ok":true}`))
		if err := post(client(t, remote.Config{Endpoints: []string{u}})); err != nil {
			t.Errorf("%s: %v", coding, err)
		}
		u, _ = server(t, packed(coding, 400, `{"detail":"no tea"}`))
		if err := post(client(t, remote.Config{Endpoints: []string{u}})); err == nil || err.Error() != "status 400: no tea" {
			t.Errorf("%s: %v", coding, err)
		}
		u, _ = server(t, packed(coding, 200, strings.Repeat(" ", 4<<20)))
		if err := post(client(t, remote.Config{Endpoints: []string{u}, MaxBody: 1 << 20, Attempts: 1})); err == nil || err.Error() != "the answer is larger than 1 MiB" {
			t.Errorf("%s: 4 MiB in a small body: %v", coding, err)
		}
	}
	for coding, text := range map[string]string{"": packedText(t, `{"ok":true}`), "gzip": `{"ok":true}`} {
		u, _ := server(t, func(w http.ResponseWriter, _ *http.Request) {
			if coding != "" {
				w.Header().Set("Content-Encoding", coding)
			}
			io.WriteString(w, text)
		})
		if err := post(client(t, remote.Config{Endpoints: []string{u}, Attempts: 1})); err != nil {
			t.Errorf("labelled %q but not compressed: %v", coding, err)
		}
	}
	for coding, want := range map[string]string{"br": "the answer is compressed as br, which was not requested", "deflate": "the answer can't be decompressed: "} {
		u, calls := server(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", coding)
			io.WriteString(w, "x\x01no such method")
		})
		err := post(client(t, remote.Config{Endpoints: []string{u}, Attempts: 3}))
		if err == nil || !strings.HasPrefix(err.Error(), want) || coding == "br" && calls.Load() != 1 {
			t.Errorf("%s: %v after %d calls", coding, err, calls.Load())
		}
	}
}

func packedText(t *testing.T, text string) string {
	var b strings.Builder
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// An answer that no further attempt would change is not requested again.
func TestFinal(t *testing.T) {
	u, calls := server(t, ok)
	err := client(t, remote.Config{Endpoints: []string{u}}).Post(context.Background(), "x", nil, 1, func([]byte) error {
		return remote.Final(errors.New("no tea"))
	})
	if failure, _ := errors.AsType[*remote.Failure](err); failure == nil || failure.Reason != "no tea" || failure.Rejected() || calls.Load() != 1 {
		t.Errorf("%+v after %d calls", err, calls.Load())
	}
}

func TestHostAndEscapedSecrets(t *testing.T) {
	u, _ := server(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Host != "models.example" {
			t.Errorf("host %q", r.Host)
		}
		w.WriteHeader(400)
		io.WriteString(w, `{"detail":"what is `+r.URL.RawQuery+`"}`)
	})
	err := post(client(t, remote.Config{Endpoints: []string{u}, Header: http.Header{"Host": {"models.example"}}, Query: url.Values{"sig": {"a+b/c=d"}}}))
	if err == nil || err.Error() != "status 400: what is sig=[hidden]" {
		t.Errorf("error %v", err)
	}
}
