package serve

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"assay/models/sample"
)

// fault is an error in OpenAI's form.
type fault struct {
	status  int
	message string
	kind    string // "" is invalid_request_error, or server_error
	param   string
	code    string
	retry   bool     // after a second
	allow   []string // allowed methods, if the method is not one of them
}

func (f *fault) Error() string { return f.message }

func bad(param, format string, args ...any) *fault {
	return &fault{status: http.StatusBadRequest, param: param, message: fmt.Sprintf(format, args...)}
}

type errorBody struct {
	Error struct {
		Message string  `json:"message"`
		Type    string  `json:"type"`
		Param   *string `json:"param"`
		Code    *string `json:"code"`
	} `json:"error"`
}

func (f *fault) body() errorBody {
	var b errorBody
	b.Error.Message, b.Error.Type = f.message, f.kind
	if f.kind == "" {
		b.Error.Type = "invalid_request_error"
		if f.status >= 500 {
			b.Error.Type = "server_error"
		}
	}
	if f.param != "" {
		b.Error.Param = &f.param
	}
	if f.code != "" {
		b.Error.Code = &f.code
	}
	return b
}

// fail sends a fault.
func (s *Server) fail(w http.ResponseWriter, f *fault) {
	if f.retry {
		w.Header().Set("Retry-After", "1")
	}
	if len(f.allow) > 0 {
		w.Header().Set("Allow", strings.Join(f.allow, ", "))
	}
	if f.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	s.send(w, f.status, f.body())
}

// faultOf turns an error of decoding into what the client gets.
func faultOf(err error) *fault {
	var job sample.JobError
	var known *fault
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &job):
		return &fault{status: http.StatusBadRequest, param: "prompt", code: "context_length_exceeded", message: job.Error()}
	case errors.Is(err, sample.ErrClosed):
		return &fault{status: http.StatusServiceUnavailable, message: "the server is stopping"}
	case errors.Is(err, context.Canceled): // nobody reads this; nginx logs 499 for it
		return &fault{status: 499, message: "the client went away"}
	case errors.Is(err, context.DeadlineExceeded):
		return &fault{status: http.StatusServiceUnavailable, code: "timeout", message: "the request took longer than the server allows"}
	}
	return &fault{status: http.StatusInternalServerError, message: err.Error()}
}
