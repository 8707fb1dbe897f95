package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	stdin, closeStdin := io.Pipe()
	stdout, lines := io.Pipe()
	done := make(chan error, 1)
	go func() {
		done <- run(context.Background(), []string{"-model", "m", "-until-eof"}, stdin, lines)
	}()
	url, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.Get(strings.TrimSpace(url) + "/v1/models")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if body, _ := io.ReadAll(response.Body); !strings.Contains(string(body), `"id":"m"`) {
		t.Errorf("models: %s", body)
	}
	closeStdin.Close()
	if err := <-done; err != nil {
		t.Errorf("end of stdin: %v", err)
	}
}

func TestRunRefuses(t *testing.T) {
	for _, tt := range []struct {
		args string
		says string
	}{
		{"-faults 2", "not a share"},
		{"-kinds busy,lazy", `"lazy"`},
		{"now", `"now"`},
	} {
		err := run(context.Background(), strings.Fields(tt.args), strings.NewReader(""), io.Discard)
		if err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: error %v, want %s in it", tt.args, err, tt.says)
		}
	}
}
