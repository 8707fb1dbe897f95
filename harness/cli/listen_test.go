package cli

import (
	"strings"
	"testing"
)

func TestListenSaysThatThePortIsInUse(t *testing.T) {
	first, err := listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	second, err := listen(first.Addr().String())
	if err == nil {
		second.Close()
		t.Fatal("two servers listen on one port")
	}
	if want := "--address " + first.Addr().String() + ": the port is in use; choose another, or port 0"; !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %q", err, want)
	}
}
