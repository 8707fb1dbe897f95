package page

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io/fs"
	"net"
	"net/http"
	"strings"

	"github.com/yuin/goldmark"

	"assay/harness/label/work"
	"assay/harness/leaf/printable"
)

//go:embed static
var static embed.FS

//go:embed *.tmpl
var templates embed.FS

// policy is the Content-Security-Policy of all pages.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

// cookie is the name of the session's.
const cookie = "assay_label"

// server answers requests over labelling in progress.
type server struct {
	work         *work.Work
	pages        *template.Template
	instructions template.HTML
	loopback     bool
}

// New is the handler of all pages. A server for this machine alone refuses requests under
// other names than its own, so that no other site's name can be made to lead to it.
func New(w *work.Work, loopback bool) (http.Handler, error) {
	s := &server{work: w, loopback: loopback}
	var err error
	if s.pages, err = template.ParseFS(templates, "*.tmpl"); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := goldmark.Convert([]byte(printable.Visible(w.Instructions)), &b); err != nil { // leaves raw HTML out
		return nil, fmt.Errorf("the instructions can't be read as Markdown: %w", err)
	}
	s.instructions = template.HTML(b.String())
	files, err := fs.Sub(static, "static")
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /static/", http.StripPrefix("/static/", http.FileServerFS(files)))
	mux.HandleFunc("GET /start/{link}", s.start)
	mux.HandleFunc("GET /{$}", s.labelling)
	mux.HandleFunc("GET /api/item", s.withSession(s.next))
	mux.HandleFunc("POST /api/answer", s.withSession(s.answer))
	mux.HandleFunc("POST /api/undo", s.withSession(s.undo))
	mux.HandleFunc("GET /lead", s.withLead(s.lead))
	mux.HandleFunc("GET /lead/item/{item}", s.withLead(s.settle))
	return s.guard(http.NewCrossOriginProtection().Handler(mux)), nil
}

// guard sets the headers of every answer, and refuses other hosts.
func (s *server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if s.loopback && !isLoopback(r.Host) {
			http.Error(w, "this server is for this machine only: open the link as it was printed", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// isLoopback reports whether a host, perhaps with a port, is this machine. Browsers never look
// the names under localhost up.
func isLoopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}

// session is the owner of a request.
type session struct{ name, csrf string }

func (s *server) session(r *http.Request) (session, bool) {
	c, err := r.Cookie(cookie)
	if err != nil {
		return session{}, false
	}
	name, ok := s.work.Who(c.Value)
	return session{name, s.csrf(c.Value)}, ok
}

// csrf is what a session's page sends with each change.
func (s *server) csrf(token string) string {
	mac := hmac.New(sha256.New, []byte(s.work.Secret))
	mac.Write([]byte(token))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// withSession answers only those who have a session, and changes only for their own page.
func (s *server) withSession(do func(http.ResponseWriter, *http.Request, session)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		who, ok := s.session(r)
		switch {
		case !ok:
			fail(w, http.StatusUnauthorized, "you are not signed in on this browser; open your link again")
		case r.Method == http.MethodPost && !hmac.Equal([]byte(who.csrf), []byte(r.Header.Get("X-CSRF-Token"))):
			fail(w, http.StatusForbidden, "this page is old; load it again")
		default:
			do(w, r, who)
		}
	}
}

// start exchanges a link for a session. Its page leads on by a link of its own: after a jump
// from another site, such as a mail, a browser would keep the strict cookie back.
func (s *server) start(w http.ResponseWriter, r *http.Request) {
	token, name, ok, err := s.work.Admit(r.PathValue("link"))
	switch {
	case err != nil:
		s.message(w, http.StatusInsufficientStorage, "Not signed in", "The server could not save your session: "+reason(err)+". Tell the lead, and open the link again later.")
	case !ok:
		s.message(w, http.StatusNotFound, "Unknown link", "This link is not valid, or has been replaced. Ask the lead for yours.")
	default:
		http.SetCookie(w, &http.Cookie{Name: cookie, Value: token, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode, MaxAge: 90 * 24 * 3600})
		s.show(w, http.StatusOK, "start.html.tmpl", map[string]any{"Name": name, "To": home(name)})
	}
}

func (s *server) message(w http.ResponseWriter, status int, title, text string) {
	s.show(w, status, "message.html.tmpl", map[string]any{"Title": title, "Text": text})
}

func (s *server) show(w http.ResponseWriter, status int, page string, data any) {
	var b bytes.Buffer
	if err := s.pages.ExecuteTemplate(&b, page, data); err != nil {
		http.Error(w, "the page can't be made: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // a reader who is gone
}
