package datasets_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"assay/harness/datasets"
)

// serve starts a server on loopback.
func serve(t *testing.T, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return s
}

// hangUp sends less of a body than announced, and closes the connection.
func hangUp(w http.ResponseWriter, announced string, body string) {
	conn, buf, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	buf.WriteString("HTTP/1.1 200 OK\r\n" + announced + "\r\n" + body)
	buf.Flush()
	conn.Close()
}

func TestPull(t *testing.T) {
	tests := []struct {
		name    string
		handler http.HandlerFunc
		want    string // expected error; "" for none
	}{
		{"whole", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, poem) }, ""},
		{"in pieces, no length", func(w http.ResponseWriter, r *http.Request) {
			for _, b := range []byte(poem) {
				w.Write([]byte{b})
				w.(http.Flusher).Flush()
			}
		}, ""},
		{"redirected", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/elsewhere" {
				http.Redirect(w, r, "/elsewhere", http.StatusFound)
				return
			}
			io.WriteString(w, poem)
		}, ""},
		{"redirected for ever", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }, "redirects"},
		{"not found", http.NotFound, "the server answers 404 Not Found; give a mirror"},
		{"server error", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(500) }, "500"},
		{"nothing", func(w http.ResponseWriter, r *http.Request) {}, "0 bytes, but the record says 17"},
		{"other length", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, poem+"!") }, "18 bytes, but the record says 17"},
		{"wrong bytes", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, strings.ToUpper(poem)) }, "the record says " + roseSum},
		{"truncated, no length", func(w http.ResponseWriter, r *http.Request) { hangUp(w, "", poem[:9]) }, "only 9 of 17 bytes arrived; try again"},
		{"too long, no length", func(w http.ResponseWriter, r *http.Request) { hangUp(w, "", poem+poem) }, "more than the record's 17 bytes"},
		{"hangs up in the middle", func(w http.ResponseWriter, r *http.Request) { hangUp(w, "Content-Length: 17\r\n", poem[:9]) }, "the server closed the connection after 9 of 17 bytes; try again"},
		{"no HTTP", func(w http.ResponseWriter, r *http.Request) {
			conn, _, _ := http.NewResponseController(w).Hijack()
			conn.Write([]byte("SSH-2.0\r\n\r\n"))
			conn.Close()
		}, "malformed HTTP"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server, dir, f := serve(t, tt.handler), t.TempDir(), rose()
			f.URL = server.URL + "/official/rose.txt"
			var seen strings.Builder
			fetched, err := datasets.Puller{Client: server.Client()}.Pull(t.Context(), dir, f, &seen)
			if tt.want != "" {
				if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), f.URL+": ") || strings.Contains(err.Error(), "\n") {
					t.Errorf("error %v, want %q about %s in one line", err, tt.want, f.URL)
				}
				if left := below(t, dir); len(left) > 0 {
					t.Errorf("%q was left behind", left)
				}
				return
			}
			if err != nil || !fetched || seen.String() != poem {
				t.Errorf("fetched %v, %v; progress saw %q", fetched, err, seen.String())
			}
			if got, err := os.ReadFile(f.At(dir)); string(got) != poem || err != nil {
				t.Errorf("file %q, %v", got, err)
			}
			if info, err := os.Stat(f.At(dir)); err != nil || info.Mode().Perm()&0o444 != 0o444 {
				t.Errorf("mode %v, %v; want a file that everyone may read", info.Mode(), err)
			}
			if got := below(t, dir); !slices.Equal(got, []string{"poems", "poems/rose.txt"}) {
				t.Errorf("the folder holds %q", got)
			}
		})
	}
}

// A mirror has the layout of the folder of data.
func TestPullFromMirror(t *testing.T) {
	var asked []string
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path)
		io.WriteString(w, poem)
	})
	for _, from := range []string{server.URL + "/mirror", server.URL + "/mirror/"} {
		f := rose()
		f.URL = "http://127.0.0.1:1/never"
		if _, err := (datasets.Puller{Client: server.Client(), From: from}).Pull(t.Context(), t.TempDir(), f, io.Discard); err != nil {
			t.Error(err)
		}
	}
	if want := []string{"/mirror/poems/rose.txt", "/mirror/poems/rose.txt"}; !slices.Equal(asked, want) {
		t.Errorf("requested %q, want %q", asked, want)
	}
}

func TestPullOverWhatIsThere(t *testing.T) {
	asked := 0
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked++
		io.WriteString(w, poem)
	})
	dir, f := t.TempDir(), rose()
	f.URL = server.URL
	put(t, f.At(dir), "mine")
	p := datasets.Puller{Client: server.Client()}
	fetched, err := p.Pull(t.Context(), dir, f, io.Discard)
	if fetched || err == nil || !strings.Contains(err.Error(), "4 bytes, but the record says 17); move it, or replace it with --force") || asked != 0 {
		t.Errorf("fetched %v, %v, requested %d times; want an error before the request", fetched, err, asked)
	}
	if got, _ := os.ReadFile(f.At(dir)); string(got) != "mine" {
		t.Errorf("the file became %q", got)
	}
	p.Force = true
	for i, want := range []bool{true, false} { // the second time it exists
		if fetched, err := p.Pull(t.Context(), dir, f, io.Discard); fetched != want || err != nil || asked != 1 {
			t.Errorf("time %d: fetched %v, %v, requested %d times; want %v and once", i, fetched, err, asked, want)
		}
	}

	// A failure leaves the old file unchanged.
	put(t, f.At(dir), "mine")
	f.URL = "http://127.0.0.1:1"
	if _, err := p.Pull(t.Context(), dir, f, io.Discard); err == nil {
		t.Error("no error from a port that nothing listens on")
	}
	if got, _ := os.ReadFile(f.At(dir)); string(got) != "mine" || len(below(t, dir)) != 2 {
		t.Errorf("the file became %q beside %q", got, below(t, dir))
	}
}

func TestPullWhereNothingCanBeWritten(t *testing.T) {
	dir, f := t.TempDir(), rose()
	put(t, filepath.Join(dir, "poems"), "a file where the folder should be")
	if _, err := (datasets.Puller{Client: http.DefaultClient}).Pull(t.Context(), dir, f, io.Discard); err == nil {
		t.Error("no error where a file is in the folder's place")
	}
	other := t.TempDir()
	mustMake(t, f.At(other))
	if _, err := (datasets.Puller{Client: http.DefaultClient, Force: true}).Pull(t.Context(), other, f, io.Discard); err == nil || !strings.Contains(err.Error(), "is not a file") {
		t.Errorf("error %v, want one about the folder in the way", err)
	}
}

// The download is aborted if a server stops sending or the caller cancels.
func TestPullEnds(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "17")
		io.WriteString(w, poem[:9])
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	f := rose()
	f.URL = server.URL
	dir := t.TempDir()
	_, err := datasets.Puller{Client: server.Client(), Stall: 50 * time.Millisecond}.Pull(t.Context(), dir, f, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "the server sent nothing for 50ms") {
		t.Errorf("error %v, want one about the stall", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var seen cancelAfter = func() { cancel() }
	_, err = datasets.Puller{Client: server.Client()}.Pull(ctx, dir, f, seen)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want the context's", err)
	}
	if left := below(t, dir); len(left) > 0 {
		t.Errorf("%q was left behind", left)
	}
}

// cancelAfter is a progress writer that cancels the download at its first bytes.
type cancelAfter func()

func (c cancelAfter) Write(b []byte) (int, error) {
	c()
	return len(b), nil
}

func TestCheckMirror(t *testing.T) {
	for _, from := range []string{"http://127.0.0.1:8000", "https://mirror.example.org/data/"} {
		if err := datasets.CheckMirror(from); err != nil {
			t.Errorf("%s: %v", from, err)
		}
	}
	for _, from := range []string{"", "mirror.example.org", "ftp://mirror.example.org", "file:///data", "https://", "http://a:b@mirror.example.org", "http://a@mirror.example.org", "http://x/?a=b", "http://x/#y", "http://x:y:z"} {
		if err := datasets.CheckMirror(from); err == nil {
			t.Errorf("%q was accepted as a mirror", from)
		} else if strings.Contains(err.Error(), "a:b") {
			t.Errorf("the error repeats the password: %v", err)
		}
	}
}
