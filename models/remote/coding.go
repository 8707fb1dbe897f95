package remote

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// unpacked is the reader of a body that may be packed though nobody asked for it.
// Its output is as large as the server likes, so the caller has to bound it. An
// error names a coding that is not known.
func unpacked(response *http.Response) (io.Reader, error) {
	body := io.Reader(response.Body)
	codings := strings.Split(strings.Join(response.Header.Values("Content-Encoding"), ","), ",")
	for i := len(codings) - 1; i >= 0; i-- { // the last one was put on last
		var err error
		switch coding := strings.ToLower(strings.TrimSpace(codings[i])); coding {
		case "", "identity":
		case "gzip", "x-gzip":
			body, err = gzip.NewReader(body)
		case "deflate":
			body, err = inflater(body)
		default:
			return nil, Final(fmt.Errorf("the answer is packed as %s, which was not asked for", coding))
		}
		if err != nil {
			return nil, fmt.Errorf("the answer can't be unpacked: %w", err)
		}
	}
	return body, nil
}

// inflater reads deflate as RFC 9110 has it, in zlib's format, or bare as some
// servers send it.
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
