package cli

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"assay/models/serve"
)

func TestListenSaysThatThePortIsInUse(t *testing.T) {
	first, err := serve.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	second, err := serve.Listen(first.Addr().String())
	if err == nil {
		second.Close()
		t.Fatal("two servers listen on one port")
	}
	if want := first.Addr().String() + ": the port is in use; choose another, or port 0"; !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %q", err, want)
	}
}

// Both servers say what an address must be.
func TestAddresses(t *testing.T) {
	for address, want := range map[string]string{
		"localhost":       "--address localhost: write HOST:PORT, such as 127.0.0.1:80",
		"8080":            "--address 8080: write HOST:PORT, such as 127.0.0.1:80",
		"127.0.0.1:99999": "--address 127.0.0.1:99999: the port must be a number from 0 to 65535",
		"127.0.0.1:http":  "--address 127.0.0.1:http: the port must be a number from 0 to 65535",
		"127.0.0.1:":      "--address 127.0.0.1:: the port must be a number from 0 to 65535",
		"0.0.0.0:8080":    "--address 0.0.0.0:8080 is open to other machines",
		"[::]:8080":       "--address [::]:8080 is open to other machines",
	} {
		for _, args := range [][]string{{"serve", "world:sft"}, {"label", "serve", "none", "-o", t.TempDir()}} {
			var stderr bytes.Buffer
			if code := Main(t.Context(), append(args, "--address", address), io.Discard, &stderr); code != ExitBadInput || !strings.Contains(stderr.String(), want) {
				t.Errorf("%v --address %s: exit code %d, %q; want %q", args, address, code, stderr.String(), want)
			}
		}
	}
}
