//go:build unix

package remote_test

import (
	"bufio"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"assay/models/remote"
)

// serveVariable makes this test's binary run as a server, so that the benchmark measures only the client's
// CPU time.
const serveVariable = "REMOTE_BENCHMARK_SERVER"

func TestMain(m *testing.M) {
	if os.Getenv(serveVariable) == "" {
		os.Exit(m.Run())
	}
	s := httptest.NewServer(http.HandlerFunc(ok))
	fmt.Println(s.URL)
	bufio.NewReader(os.Stdin).ReadByte() // until the benchmark ends
}

// BenchmarkPost keeps 64 requests in flight over loopback to a server in another process. cpu-us/op is the
// CPU time of a request in microseconds.
func BenchmarkPost(b *testing.B) {
	server := exec.Command(os.Args[0])
	server.Env = append(os.Environ(), serveVariable+"=1")
	in, err := server.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := server.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := server.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() {
		in.Close()
		server.Wait()
	}()
	url, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	c := client(b, remote.Config{Endpoints: []string{strings.TrimSpace(url)}, Concurrency: 64})
	body := []byte(`{"model":"m","prompt":"` + strings.Repeat("word ", 100) + `"}`)
	b.ReportAllocs()
	b.SetParallelism(64)
	before := cpu(b)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := c.Post(b.Context(), "completions", body, 0, decode); err != nil {
				b.Error(err)
			}
		}
	})
	b.StopTimer()
	b.ReportMetric(float64((cpu(b)-before).Microseconds())/float64(b.N), "cpu-us/op")
}

func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
