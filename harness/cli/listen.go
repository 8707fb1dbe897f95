package cli

import (
	"errors"
	"fmt"
	"net"
	"syscall"
)

// listen opens the port of a server's --address.
func listen(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("--address %s: the port is in use; choose another, or port 0 for a free one", address)
	case err != nil:
		return nil, fmt.Errorf("--address %s: %w", address, err)
	}
	return l, nil
}
