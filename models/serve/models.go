package serve

import (
	"fmt"
	"net/http"
)

// modelInfo is a model as /v1/models lists it.
type modelInfo struct {
	ID      string `json:"id"`
	Object  string `json:"object"`
	Created int64  `json:"created"`
	OwnedBy string `json:"owned_by"`
	Context int    `json:"max_model_len"` // vLLM's name for it
}

func (s *Server) info() modelInfo {
	return modelInfo{ID: s.config.Name, Object: "model", OwnedBy: "assay", Context: s.config.Model.Config().MaxPositionEmbeddings}
}

func (s *Server) models(w http.ResponseWriter, _ *http.Request) {
	s.reply(w, map[string]any{"object": "list", "data": []modelInfo{s.info()}})
}

func (s *Server) model(w http.ResponseWriter, r *http.Request) {
	if r.PathValue("name") != s.config.Name {
		s.fail(w, s.noModel(r.PathValue("name")))
		return
	}
	s.reply(w, s.info())
}

func (s *Server) noModel(name string) *fault {
	return &fault{status: http.StatusNotFound, param: "model", code: "model_not_found", message: fmt.Sprintf("no model %q here; this server has %q", name, s.config.Name)}
}
