package serve

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// metrics counts for Prometheus. Its client library would add eight modules and 4 MB to a static binary; the
// text format takes one page of code.
type metrics struct {
	mu       sync.Mutex
	requests map[[2]string]int64 // by route and status
	took     histogram           // duration of requests
	firsts   histogram           // time to an answer's first token
	tokens   histogram           // time per token of an answer
}

// bounds are the upper bounds of the histograms' buckets, in seconds.
var bounds = [...]float64{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60}

type histogram struct {
	counts [len(bounds) + 1]int64
	sum    float64
	n      int64
}

func (h *histogram) add(seconds float64) {
	at, _ := slices.BinarySearch(bounds[:], seconds)
	h.counts[at]++
	h.sum += seconds
	h.n++
}

func (m *metrics) request(route string, status int, took time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.requests == nil {
		m.requests = map[[2]string]int64{}
	}
	m.requests[[2]string{route, strconv.Itoa(status)}]++
	m.took.add(took.Seconds())
}

func (m *metrics) first(took time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.firsts.add(took.Seconds())
}

func (m *metrics) answer(tokens int, took time.Duration) {
	if tokens == 0 {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tokens.add(took.Seconds() / float64(tokens))
}

// exposition writes the metrics in Prometheus' text format, version 0.0.4.
func (s *Server) exposition(w http.ResponseWriter, _ *http.Request) {
	var page bytes.Buffer
	s.expose(&page)
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	s.write(w, http.StatusOK, page.Bytes())
}

func (s *Server) expose(w io.Writer) {
	stats := s.config.Model.Batcher().Stats()
	m := &s.metrics
	m.mu.Lock()
	defer m.mu.Unlock()
	describe(w, "assay_requests_total", "counter", "Requests by route and status.")
	for _, key := range slices.SortedFunc(maps.Keys(m.requests), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) }) {
		fmt.Fprintf(w, "assay_requests_total{route=%q,code=%q} %d\n", key[0], key[1], m.requests[key])
	}
	for _, one := range []struct {
		name, kind, help string
		value            int64
	}{
		{"assay_answers_in_flight", "gauge", "Answers running and waiting.", s.asked.Load()},
		{"assay_jobs_queued", "gauge", "Jobs waiting to be decoded.", int64(stats.Queued)},
		{"assay_sequences_active", "gauge", "Sequences being decoded.", int64(stats.Active)},
		{"assay_cache_pages", "gauge", "Pages of the key-value cache in use.", int64(stats.Pages)},
		{"assay_cache_pages_most", "gauge", "Largest number of pages of the key-value cache.", int64(stats.MostPages)},
		{"assay_prompt_tokens_total", "counter", "Prompt tokens processed.", stats.Prompt},
		{"assay_generated_tokens_total", "counter", "Tokens generated.", stats.Generated},
		{"assay_passes_total", "counter", "Forward passes.", stats.Passes},
	} {
		describe(w, one.name, one.kind, one.help)
		fmt.Fprintf(w, "%s %d\n", one.name, one.value)
	}
	m.took.write(w, "assay_request_seconds", "Duration of a request.")
	m.firsts.write(w, "assay_first_token_seconds", "Time to an answer's first token.")
	m.tokens.write(w, "assay_token_seconds", "Mean time per token of an answer.")
}

func describe(w io.Writer, name, kind, help string) {
	fmt.Fprintf(w, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
}

func (h *histogram) write(w io.Writer, name, help string) {
	describe(w, name, "histogram", help)
	var sum int64
	for i, bound := range bounds {
		sum += h.counts[i]
		fmt.Fprintf(w, "%s_bucket{le=\"%g\"} %d\n", name, bound, sum)
	}
	fmt.Fprintf(w, "%s_bucket{le=\"+Inf\"} %d\n%s_sum %g\n%s_count %d\n", name, h.n, name, h.sum, name, h.n)
}
