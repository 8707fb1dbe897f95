package serve

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"syscall"
)

// SplitAddress is the host of a server's address. like is an example of one.
func SplitAddress(address, like string) (host string, err error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "", fmt.Errorf("%s: write HOST:PORT, such as %s", address, like)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return "", fmt.Errorf("%s: the port must be a number from 0 to 65535", address)
	}
	return host, nil
}

// IsLoopback reports whether a host is this machine, as only its own programs reach it.
func IsLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Listen opens the port of a server's address.
func Listen(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s: the port is in use; choose another, or port 0 for a free one", address)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", address, err)
	}
	return l, nil
}
