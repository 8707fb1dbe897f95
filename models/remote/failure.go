package remote

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"assay/harness/leaf/plural"
)

// ErrDown is wrapped by errors that report that no endpoint works any more: the run should stop and be
// resumed later.
var ErrDown = errors.New("no working server")

// Failure is the error of a request that was given up.
type Failure struct {
	// Reason is short and free of timings, addresses and secrets, because it goes into records that must be
	// equal in equal runs: "status 400: context length exceeded", "no answer within the time limit".
	Reason   string
	Status   int // of the last answer; 0 if there was none
	Attempts int // number of attempts
	// Server is the address of the last attempt, for messages; "" for none.
	Server string
	// Param is the member of the request that the service rejected, if it named one besides its message:
	// "temperature", "messages.0.role".
	Param string
	// Account means that the account or the configuration is at fault (no credit, a key, a model that is
	// gone, a daily limit) and not the request, which should be repeated later.
	Account bool
	// Filtered means that the service's filter refused the prompt.
	Filtered bool
	// Program describes the program on this machine that failed, for a message; "" for a server. One that
	// has never answered is bad input.
	Program string
	Err     error // the underlying error of the transport or of decode; may be nil
}

func (f *Failure) Error() string {
	if f.Attempts > 1 {
		return fmt.Sprintf("%s, after %s", f.Reason, plural.Of(f.Attempts, "attempt"))
	}
	return f.Reason
}

// Rejected reports whether the service rejected the request itself.
func (f *Failure) Rejected() bool {
	return f.Filtered || !f.Account && f.Status >= 400 && f.Status < 500 && statusFault(f.Status, "", 0).kind == rejected
}

// Unwrap returns the underlying error.
func (f *Failure) Unwrap() error { return f.Err }

// Final marks an error of decode that no further attempt would change, such as an answer in another format.
func Final(err error) error { return &final{err} }

type final struct{ error }

func (f *final) Unwrap() error { return f.error }

// kind says what caused a failed attempt; see the package comment.
type kind int

const (
	broken   kind = iota // the service, temporarily
	busy                 // 429
	connect              // there was no server to talk to
	refused              // the endpoint or the configuration: 401, 403, 404, a redirect, a spent quota
	rejected             // the request
)

// fault is what went wrong in one attempt.
type fault struct {
	kind    kind
	reason  string // names the kind of fault: "status 503"
	message string // the server's message, cleaned; "" if it may differ between equal runs
	said    string // the server's message, cleaned, in any case
	param   string // see [Failure]
	status  int
	after   time.Duration // Retry-After; 0 if there was none
	slow    bool          // a sign of overload

	account, filtered bool // see [Failure]
	spent             bool // refused permanently: no credit, a daily limit
	err               error
}

// malformed is the reason if decode refuses an answer.
const malformed = "a malformed answer"

func (f *fault) text() string {
	switch {
	case f.message == "":
		return f.reason
	case f.reason == malformed:
		return f.message
	}
	return f.reason + ": " + f.message
}

// spoken is the fault with the server's message, whatever it contains: for display, not for records.
func (f *fault) spoken() string {
	if f.message == "" && f.said != "" {
		return f.reason + ": " + f.said
	}
	return f.text()
}

// statusFault classifies a response whose status is not 2xx. Messages about load are kept only if they
// contain no number, because they carry times and ids.
func statusFault(status int, message string, wait time.Duration) *fault {
	f := &fault{reason: "status " + strconv.Itoa(status), status: status, said: message}
	if lasting(message) {
		f.message = message
	}
	switch {
	case status == http.StatusTooManyRequests:
		f.kind, f.slow = busy, true
	case status == http.StatusRequestTimeout, status == http.StatusConflict, status == http.StatusTooEarly:
	case FindsFault(status, message):
		f.kind, f.message = rejected, message
	case status >= 500:
		f.slow = status == http.StatusServiceUnavailable
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusNotFound,
		status == http.StatusGone, status == http.StatusUnavailableForLegalReasons:
		f.kind, f.message = refused, message
	case status >= 400:
		f.kind, f.message = rejected, message
	case status >= 300:
		f.kind, f.message = refused, "a redirect, which is not followed"
		f.said = f.message
	}
	f.after = min(wait, MaxRetryAfter)
	return f
}

// FindsFault reports whether a server that answers with a 5xx status rejects the request itself. llama.cpp's
// server answers 500 for parameters that it doesn't support ("Only no echo is supported") and if a chat
// template rejects the messages.
func FindsFault(status int, message string) bool {
	return status == http.StatusNotImplemented || status == http.StatusInternalServerError && requestWords.MatchString(message)
}

var requestWords = regexp.MustCompile(`supported|[Rr]oles? must (alternate|be)|[Ss]ystem (role|message)|Jinja Exception|raise_exception`)

// dialError marks a failure to connect.
type dialError struct{ error }

func (e dialError) Unwrap() error { return e.error }

// transportFault classifies an error of the connection. Its reasons contain no address.
func transportFault(ctx context.Context, err error) *fault {
	f := &fault{reason: "the connection broke", err: err}
	var dial dialError
	var dns *net.DNSError
	var record tls.RecordHeaderError
	var certificate *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.As(err, &dial):
		f.kind, f.reason = connect, "no connection"
		switch {
		case errors.As(err, &dns):
			f.reason = "no connection: the host name is unknown"
		case errors.Is(err, syscall.ECONNREFUSED):
			f.reason = "the connection was refused"
		}
	case errors.As(err, &certificate), errors.As(err, &unknown):
		f.kind, f.reason = connect, untrusted
	case errors.As(err, &record), strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		f.kind, f.reason = connect, plainHTTP
	case ctx.Err() != nil, isTimeout(err):
		f.reason, f.slow = "no answer within the time limit", true
	case errors.Is(err, io.ErrUnexpectedEOF):
		f.reason = "the answer is cut short"
	}
	return f
}

// Reasons with remedies of their own.
const (
	untrusted = "no connection: the server's certificate is not trusted"
	plainHTTP = "no connection: the server speaks http, not https"
)

func isTimeout(err error) bool {
	var t net.Error
	return errors.As(err, &t) && t.Timeout()
}

// down is the error for a service that no longer works: one line with the URL, the last fault and a remedy.
func (c *Client) down(ep *endpoint, path string, f *fault) error {
	remedy := "check that the server runs, and its URL; then rerun the command"
	switch f.status {
	case http.StatusUnauthorized, http.StatusForbidden:
		remedy = "check the key"
	case http.StatusNotFound, http.StatusGone:
		remedy = "check the URL and the model's name"
	case http.StatusUnavailableForLegalReasons:
		remedy = "run from a place that it serves, or use another service"
	}
	switch {
	case f.spent:
		remedy = "top up the account, or wait until the limit is lifted, and resume"
	case f.status >= 300 && f.status < 400:
		remedy = "use the address that it redirects to"
	case f.reason == plainHTTP:
		remedy = "use http:// in its address"
	case f.reason == untrusted:
		remedy = "set SSL_CERT_FILE to a file with the certificate of its authority"
	}
	if c.config.Remedy != nil && f.status != 0 && !f.spent {
		remedy = cmp.Or(c.config.Remedy(f.status, f.said), remedy)
	}
	return fmt.Errorf("%w: %s: %s; %s", ErrDown, ep.address(path), f.spoken(), remedy)
}
