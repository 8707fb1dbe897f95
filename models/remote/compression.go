package remote

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// unpacked returns a reader of a body that may be compressed even though the request didn't allow it. Its
// output can be of any size, so the caller must limit it. An error names an unknown coding.
func unpacked(response *http.Response) (io.Reader, error) {
	body := io.Reader(response.Body)
	codings := strings.Split(strings.Join(response.Header.Values("Content-Encoding"), ","), ",")
	for i := len(codings) - 1; i >= 0; i-- { // the last one was applied last
		var err error
		switch coding := strings.ToLower(strings.TrimSpace(codings[i])); coding {
		case "", "identity", "gzip", "x-gzip":
			body, err = gunzip(body)
		case "deflate":
			body, err = inflater(body)
		default:
			return nil, Final(fmt.Errorf("the answer is compressed as %s, which was not requested", coding))
		}
		if err != nil {
			return nil, fmt.Errorf("the answer can't be decompressed: %w", err)
		}
	}
	return body, nil
}

// gunzip decompresses what is really gzip, whatever the header says: some gateways label plain bodies gzip,
// and some don't label gzip.
func gunzip(body io.Reader) (io.Reader, error) {
	start := bufio.NewReaderSize(body, 16)
	if head, _ := start.Peek(2); string(head) != "\x1f\x8b" { // RFC 1952, section 2.3.1; JSON never starts so
		return start, nil
	}
	return gzip.NewReader(start)
}

// inflater reads deflate in zlib's format, as RFC 9110 defines it, or raw, as some servers send it.
func inflater(body io.Reader) (io.Reader, error) {
	var head [2]byte
	n, err := io.ReadFull(body, head[:])
	if err != nil && err != io.ErrUnexpectedEOF {
		return nil, err
	}
	body = io.MultiReader(bytes.NewReader(head[:n]), body)
	if n == 2 && head[0]&0x0f == 8 && (int(head[0])<<8|int(head[1]))%31 == 0 { // RFC 1950, section 2.2
		return zlib.NewReader(body)
	}
	return flate.NewReader(body), nil
}

// corrupt reports whether a read error is about the compressed data and not about the connection.
func corrupt(err error) bool {
	if _, ok := errors.AsType[flate.CorruptInputError](err); ok {
		return true
	}
	for _, known := range []error{gzip.ErrHeader, gzip.ErrChecksum, zlib.ErrHeader, zlib.ErrChecksum, zlib.ErrDictionary} {
		if errors.Is(err, known) {
			return true
		}
	}
	return false
}
