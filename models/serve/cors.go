package serve

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// CheckOrigin refuses an origin that no browser would send.
func CheckOrigin(origin string) error {
	if u, err := url.Parse(origin); origin != "*" && (err != nil || u.Host == "" || origin != u.Scheme+"://"+u.Host || origin != strings.ToLower(origin)) {
		return fmt.Errorf("%s: write the origin as browsers send it, in lower case, such as http://localhost:3000, or * for all", origin)
	}
	return nil
}

// preflight handles CORS (the Fetch standard): it says whether a page of another origin may send requests,
// and answers the preflight request of browsers. done is true if it has answered. Without configured origins
// it does nothing.
func (s *Server) preflight(w http.ResponseWriter, r *http.Request, route string) (done bool) {
	if len(s.config.Origins) == 0 {
		return false
	}
	h := w.Header()
	h.Add("Vary", "Origin")
	origin := r.Header.Get("Origin")
	switch {
	case origin == "":
		return false
	case slices.Contains(s.config.Origins, "*"):
		h.Set("Access-Control-Allow-Origin", "*")
	case slices.Contains(s.config.Origins, origin):
		h.Set("Access-Control-Allow-Origin", origin)
	default:
		return false
	}
	h.Set("Access-Control-Expose-Headers", "Retry-After")
	asked := r.Header.Get("Access-Control-Request-Method")
	if r.Method != http.MethodOptions || asked == "" || route == "/" {
		return false
	}
	h.Set("Access-Control-Allow-Methods", strings.Join(s.methods(route), ", "))
	if headers := r.Header.Get("Access-Control-Request-Headers"); headers != "" {
		h.Set("Access-Control-Allow-Headers", headers)
	}
	h.Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
	return true
}
