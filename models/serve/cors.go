package serve

import (
	"net/http"
	"slices"
	"strings"
)

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
