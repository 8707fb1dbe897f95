package wire

import (
	"fmt"
	"os"
	"strings"
)

// Key reads a key from an environment variable; "" if env is "".
func Key(env string) (string, error) {
	if env == "" {
		return "", nil
	}
	value := strings.TrimSpace(os.Getenv(env))
	if value == "" {
		return "", fmt.Errorf("the environment variable %s is not set; set it to the key", env)
	}
	return value, nil
}
