package serve

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// admit checks the method and the key.
func (s *Server) admit(r *http.Request, route string) *fault {
	if allowed := s.methods(route); route != "/" && !slices.Contains(allowed, r.Method) {
		return &fault{status: http.StatusMethodNotAllowed, allow: allowed, message: fmt.Sprintf("%s takes %s", r.URL.Path, strings.Join(allowed, " or "))}
	}
	if s.config.Key == "" || r.URL.Path == "/healthz" {
		return nil
	}
	given, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	sum := sha256.Sum256([]byte(given)) // equal lengths, so that the time taken doesn't reveal the key's length
	if subtle.ConstantTimeCompare(sum[:], s.key[:]) != 1 {
		return &fault{status: http.StatusUnauthorized, kind: "authentication_error", code: "invalid_api_key", message: "the key is missing or wrong; send it as Authorization: Bearer KEY"}
	}
	return nil
}

// methods are those that a route accepts.
func (s *Server) methods(route string) []string {
	if strings.HasSuffix(route, "/completions") {
		return []string{http.MethodPost}
	}
	return []string{http.MethodGet, http.MethodHead}
}
