package remote

import (
	"context"
	"net"
	"net/http"
	"time"
)

// newTransport makes connections through the environment's proxy, with limits on their number and time.
func newTransport(c *Config) *http.Transport {
	dialer := net.Dialer{Timeout: min(c.Timeout, 10*time.Second), KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dialer.DialContext(ctx, network, address)
			if err != nil {
				return nil, dialError{err}
			}
			return conn, nil
		},
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    c.Concurrency,
		IdleConnTimeout:        90 * time.Second,
		TLSHandshakeTimeout:    10 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
		DisableCompression:     true, // answers are small; those compressed anyway are decompressed within limits
	}
}
