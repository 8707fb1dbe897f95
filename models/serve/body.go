package serve

import (
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/leaf/plural"
)

// members are those of a request's body. Each is taken out by name and must have the expected type; the first
// with another type is the fault. What remains was not recognised.
type members struct {
	values map[string]jsontext.Value
	fault  *fault
}

// read reads a request's body: a JSON object, plain or compressed. If a name occurs twice, the last one
// counts.
func (s *Server) read(w http.ResponseWriter, r *http.Request) (*members, *fault) {
	// The limit applies to what comes over the network and to what it decompresses to.
	packed := http.MaxBytesReader(w, r.Body, s.config.Body)
	plain, f := unpacked(packed, r.Header.Get("Content-Encoding"))
	if f != nil {
		return nil, f
	}
	data, err := io.ReadAll(io.LimitReader(plain, s.config.Body+1))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large) || int64(len(data)) > s.config.Body:
		return nil, &fault{status: http.StatusRequestEntityTooLarge, message: fmt.Sprintf("the body is larger than %s", plural.Of(s.config.Body, "byte"))}
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum), errors.Is(err, zlib.ErrHeader), errors.Is(err, zlib.ErrChecksum):
		return nil, bad("", "the body is not compressed as its Content-Encoding says")
	case errors.As(err, new(flate.CorruptInputError)):
		return nil, bad("", "the body's compression is broken")
	case err != nil:
		return nil, bad("", "the body ends too soon")
	}
	m := &members{}
	if err := json.Unmarshal(data, &m.values, jsontext.AllowDuplicateNames(true)); err != nil || m.values == nil {
		return nil, notJSON(data, err)
	}
	return m, nil
}

// unpacked decompresses a body according to its Content-Encoding.
func unpacked(body io.Reader, encoding string) (io.Reader, *fault) {
	var plain io.Reader
	var err error
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "", "identity":
		return body, nil
	case "gzip", "x-gzip":
		plain, err = gzip.NewReader(body)
	case "deflate":
		plain, err = zlib.NewReader(body)
	default:
		return nil, &fault{status: http.StatusUnsupportedMediaType, message: fmt.Sprintf("the Content-Encoding %.40q is not supported; send the body uncompressed or with gzip", encoding)}
	}
	if err != nil {
		return nil, bad("", "the body is not compressed as its Content-Encoding says")
	}
	return plain, nil
}

// notJSON describes a body that is not a JSON object.
func notJSON(data []byte, err error) *fault {
	var syntax *jsontext.SyntacticError
	switch {
	case len(strings.TrimSpace(string(data))) == 0:
		return bad("", "the body is empty; send a JSON object")
	case errors.As(err, &syntax) && errors.Is(err, io.ErrUnexpectedEOF):
		return bad("", "the body's JSON ends too soon, after %s", plural.Of(syntax.ByteOffset, "byte"))
	case errors.As(err, &syntax):
		return bad("", "the body is not JSON: see byte %d", syntax.ByteOffset+1)
	}
	return bad("", "the body is not a JSON object")
}

// take takes a member out; an absent member and null both give nil.
func (m *members) take(name string) jsontext.Value {
	value := m.values[name]
	delete(m.values, name)
	if !given(value) {
		return nil
	}
	return value
}

func given(v jsontext.Value) bool { return len(v) > 0 && v.Kind() != 'n' }

// wrong records that a member is not what it must be.
func (m *members) wrong(name, want string) {
	if m.fault == nil {
		m.fault = bad(name, "%s must be %s", name, want)
	}
}

// whole takes an integer; 16.0 counts as one.
func (m *members) whole(name string) *int64 {
	value := m.take(name)
	if value == nil {
		return nil
	}
	n, ok := wholeNumber(value)
	if !ok {
		m.wrong(name, "a 64-bit integer")
		return nil
	}
	return &n
}

// count takes an integer that fits an int32.
func (m *members) count(name string) *int {
	n := m.whole(name)
	if n == nil {
		return nil
	}
	if *n < math.MinInt32 || *n > math.MaxInt32 {
		m.wrong(name, "a 32-bit integer")
		return nil
	}
	small := int(*n)
	return &small
}

// mostExact is the largest integer up to which a float64 represents all integers.
const mostExact = 1 << 53

func wholeNumber(v jsontext.Value) (int64, bool) {
	if v.Kind() != '0' {
		return 0, false
	}
	if n, err := strconv.ParseInt(string(v), 10, 64); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(string(v), 64)
	return int64(f), err == nil && f == math.Trunc(f) && math.Abs(f) <= mostExact
}

// textOf reads a string; null is not one.
func textOf(v jsontext.Value) (text string, ok bool) {
	return text, v.Kind() == '"' && json.Unmarshal(v, &text) == nil
}

// idOf reads a token id; 16.0 counts as an integer.
func idOf(v jsontext.Value) (int32, bool) {
	n, ok := wholeNumber(v)
	return int32(n), ok && n >= 0 && n <= math.MaxInt32
}

// listOf reads a list whose items all have one type.
func listOf[T any](v jsontext.Value, of func(jsontext.Value) (T, bool)) (all []T, ok bool) {
	var items []jsontext.Value
	if v.Kind() != '[' || json.Unmarshal(v, &items) != nil {
		return nil, false
	}
	for _, item := range items {
		one, ok := of(item)
		if !ok {
			return nil, false
		}
		all = append(all, one)
	}
	return all, true
}

// number takes a number.
func (m *members) number(name string) *float64 {
	value := m.take(name)
	if value == nil {
		return nil
	}
	f, err := strconv.ParseFloat(string(value), 64)
	if value.Kind() != '0' || err != nil {
		m.wrong(name, "a number")
		return nil
	}
	return &f
}

// flag takes true or false.
func (m *members) flag(name string) bool {
	switch value := m.take(name); value.Kind() {
	case 't':
		return true
	case 'f', 0:
		return false
	}
	m.wrong(name, "true or false")
	return false
}

// text takes a text.
func (m *members) text(name string) string {
	value := m.take(name)
	var text string
	if value != nil && json.Unmarshal(value, &text) != nil {
		m.wrong(name, "a text")
	}
	return text
}
