package engine

import "assay/models"

// idOf is an answer's address: the hash of all that determines it, with the form in which
// its request is sent where that differs from the request.
func idOf(fingerprint, sent string, r *models.Request) string {
	if sent != "" {
		fingerprint += " (" + sent + ")"
	}
	return r.ID(fingerprint)
}

// sentAs is how a request would be sent now; "" where there is no server.
func sentAs(s models.Sender, r *models.Request) string {
	if s == nil {
		return ""
	}
	return s.Sent(r)
}
