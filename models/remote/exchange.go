package remote

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
	"unicode/utf8"

	"assay/harness/leaf/plural"
)

const (
	maxErrorBody  = 64 << 10
	maxPooledBody = 1 << 20 // larger buffers are left to the garbage collector
)

// exchange makes one attempt. It uses the transport directly, which follows no redirects and whose errors
// don't quote the URL.
func (c *Client) exchange(ctx context.Context, method string, ep *endpoint, path string, body []byte, decode func([]byte) error) *fault {
	ctx, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	target := ep.target(path, c.query)
	request := (&http.Request{
		Method: method, URL: target, Host: cmp.Or(c.host, target.Host), Header: c.header,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(ctx)
	if body != nil {
		request.Body = io.NopCloser(bytes.NewReader(body))
		request.ContentLength = int64(len(body))
		request.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	}
	response, err := c.transport.RoundTrip(request)
	if err != nil {
		return transportFault(ctx, err)
	}
	defer response.Body.Close()

	buffer := buffers.Get().(*bytes.Buffer)
	defer func() {
		if buffer.Cap() <= maxPooledBody {
			buffer.Reset()
			buffers.Put(buffer)
		}
	}()
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return c.refusal(response, buffer, body)
	}
	if f := c.read(ctx, response, buffer); f != nil {
		return f
	}
	if err := decode(buffer.Bytes()); err != nil {
		f := c.unread(err, response.StatusCode)
		if failed, ok := errors.AsType[*failedAnswer](err); ok {
			f.sortError(failed, string(body))
		}
		return f
	}
	return nil
}

// unread is the fault of an answer that can't be read.
func (c *Client) unread(err error, status int) *fault {
	f := &fault{reason: malformed, message: c.clean(err.Error()), status: status, err: err}
	if _, ok := errors.AsType[*final](err); ok {
		f.kind = rejected
	}
	return f
}

// all clients share the buffers: no result depends on a pool's state
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// read reads a body of at most MaxBody bytes of UTF-8.
func (c *Client) read(ctx context.Context, response *http.Response, buffer *bytes.Buffer) *fault {
	most := c.config.MaxBody
	tooLarge := func() *fault {
		return &fault{reason: "the answer is larger than " + size(most), status: response.StatusCode}
	}
	if response.ContentLength > most {
		return tooLarge()
	}
	body, err := unpacked(response)
	if err != nil {
		return c.unread(err, response.StatusCode)
	}
	if _, err := buffer.ReadFrom(io.LimitReader(body, most+1)); err != nil {
		if corrupt(err) {
			return c.unread(fmt.Errorf("the answer can't be decompressed: %w", err), response.StatusCode)
		}
		f := transportFault(ctx, err)
		f.status = response.StatusCode
		return f
	}
	if int64(buffer.Len()) > most {
		return tooLarge()
	}
	if !utf8.Valid(buffer.Bytes()) {
		return &fault{reason: "the answer is not UTF-8", status: response.StatusCode}
	}
	return nil
}

// refusal reads an answer whose status is not 2xx. The status decides, even if the body is broken.
func (c *Client) refusal(response *http.Response, buffer *bytes.Buffer, asked []byte) *fault {
	if body, err := unpacked(response); err == nil {
		_, _ = buffer.ReadFrom(io.LimitReader(body, maxErrorBody))
	}
	w := wordsOf(buffer.Bytes())
	wait := retryAfter(response.Header.Get("Retry-After"), time.Now())
	f := statusFault(response.StatusCode, c.clean(w.message), wait)
	f.sortWords(buffer.String()+"\n"+w.message, string(asked), wait)
	f.param = c.clean(w.param)
	return f
}

func size(bytes int64) string {
	if bytes%(1<<20) == 0 {
		return fmt.Sprintf("%d MiB", bytes>>20)
	}
	return plural.Of(bytes, "byte")
}
