package remote

import (
	"context"
	"net"
)

// Dial makes a client open its connections with a function of host and port.
func (c *Client) Dial(dial func(ctx context.Context, address string) (net.Conn, error)) {
	c.transport.DialContext = func(ctx context.Context, _, address string) (net.Conn, error) {
		conn, err := dial(ctx, address)
		if err != nil {
			return nil, dialError{err}
		}
		return conn, nil
	}
}
