package remote_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"assay/models/remote"
)

// sorted answers 200 once and then as given, and returns the failure of the second request.
func sorted(t *testing.T, code int, retryAfter, body string) *remote.Failure {
	t.Helper()
	url, _ := server(t, ok, func(w http.ResponseWriter, _ *http.Request) {
		if retryAfter != "" {
			w.Header().Set("Retry-After", retryAfter)
		}
		w.WriteHeader(code)
		w.Write([]byte(body))
	})
	c := client(t, remote.Config{Endpoints: []string{url}, Attempts: 6, Backoff: time.Millisecond})
	if err := post(c); err != nil {
		t.Fatal(err)
	}
	err := postBody(c, `{"prompt":"Explain: My credit line is short. Do not buy credits."}`)
	var failure *remote.Failure
	if !errors.As(err, &failure) || errors.Is(err, remote.ErrDown) {
		t.Fatalf("status %d %s: error %v, want a failure", code, body, err)
	}
	return failure
}

// Phrases that services use, each in a sentence written for this test.
func TestWhoseFaultARefusalIs(t *testing.T) {
	message := func(text string) string { return `{"error":{"message":"` + text + `"}}` }
	const account, prompt, filter, service = "account", "prompt", "filter", "service"
	for _, tt := range []struct {
		code     int
		after    string
		body     string
		whose    string
		attempts int
	}{
		{402, "", "", account, 1},
		{402, "", message("insufficient balance"), account, 1},
		{400, "", message("Sorry, your credit balance is too low for this call."), account, 1},
		{400, "", message("You have reached your specified API usage limits until 1 May."), account, 1},
		{400, "", `{"code":"Arrearage","message":"Access denied."}`, account, 1},
		{403, "", message("This team does not have any credits yet."), account, 1},
		{403, "", message("Out of call volume quota. It is replenished in 03:10:11."), account, 1},
		{429, "", `{"error":{"message":"Quota is used up.","code":"insufficient_quota"}}`, account, 1},
		{429, "", message("You exceeded your current quota, check your billing."), account, 1},
		{429, "", message("billing_hard_limit_reached"), account, 1},
		{429, "", message("Limit of tokens per day (TPD): 9000, used 8999."), account, 1},
		{429, "7200", message("slow down"), account, 1},
		{503, "86400", message("closed"), account, 1},
		{400, "", message("Your balance is insufficient, please recharge"), account, 1},
		{403, "", message("This call requires more credits, or fewer max_tokens."), account, 1},
		{401, "", message("token expired"), account, 5},
		{410, "", message("the model was retired"), account, 5},
		{451, "", message("not in your country"), account, 5},
		{404, "", message("no model m"), account, 5},

		{400, "", message("context length exceeded"), prompt, 1},
		{400, "", message("can't read 'Do not buy credits.'"), prompt, 1}, // quotes the request
		{400, "", message("no: 'do not buy credits'; it has a word of our content policy"), filter, 1},
		{403, "", message(`\u4f59\u989d\u4e0d\u8db3`), account, 1}, // "balance insufficient" in Chinese, escaped
		{400, "", message("temperature must be 1"), prompt, 1},
		{422, "", message("stop: too many"), prompt, 1},

		{400, "", `{"error":{"message":"no","code":"content_filter"}}`, filter, 1},
		{400, "", message("it violates our content management policy"), filter, 1},
		{403, "", message("your input was flagged by moderation"), filter, 1},

		{403, "", "", service, 5},
		{429, "", message("too many requests"), service, 6},
		{429, "", message("You exceeded your current quota. Please retry in 26.6s."), service, 6},
		{429, "", message("Quota exceeded for 'Requests' and limit 'per second per project'"), service, 6},
		{429, "0.01", message("You exceeded your current quota, check your billing."), service, 6},
		{500, "", message("billing details are being loaded"), service, 6},
	} {
		f := sorted(t, tt.code, tt.after, tt.body)
		got := service
		switch {
		case f.Account:
			got = account
		case f.Filtered:
			got = filter
		case f.Rejected():
			got = prompt
		}
		if got != tt.whose || f.Attempts != tt.attempts {
			t.Errorf("status %d %q %s: the fault is the %s's after %d attempts, want the %s's after %d", tt.code, tt.after, tt.body, got, f.Attempts, tt.whose, tt.attempts)
		}
		if (got == account || got == filter) && f.Rejected() != (got == filter) {
			t.Errorf("status %d %s: rejected %v", tt.code, tt.body, f.Rejected())
		}
	}
}

// If nothing was answered before, the run stops at once, with the server's message and a remedy.
func TestSpentFromTheStart(t *testing.T) {
	url, calls := server(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "18000")
		w.WriteHeader(429)
		w.Write([]byte(`{"error":{"message":"Limit of requests per day: 50, used 50."}}`))
	})
	err := post(client(t, remote.Config{Endpoints: []string{url}}))
	want := "status 429, to be retried in 5h0m0s: Limit of requests per day: 50, used 50.; top up the account, or wait until the limit is lifted, and resume"
	if !errors.Is(err, remote.ErrDown) || !strings.Contains(err.Error(), want) || calls.Load() != 1 {
		t.Errorf("after %d calls: %v", calls.Load(), err)
	}
	// Of two interchangeable servers the other may have credit left.
	good, _ := server(t, ok)
	spent, _ := server(t, status(402, ""))
	c := client(t, remote.Config{Endpoints: []string{spent, good}})
	for range 4 {
		if err := post(c); err != nil {
			t.Error(err)
		}
	}
}

// An error in an answer with status 200 is classified by its message and by the status in it.
func TestWhoseFaultAnErrorInAnAnswerIs(t *testing.T) {
	for _, tt := range []struct {
		words             string
		status            int
		account, filtered bool
		attempts          int
	}{
		{"You can afford no more.", 402, true, false, 1},
		{"This needs 300 tokens, but you can only afford 27.", 0, true, false, 1},
		{"Your prompt was flagged.", 403, false, true, 1},
		{"The prompt is too long.", 400, false, false, 1},
		{"The prompt is too long.", 413, false, false, 1},
		{"A member is wrong.", 422, false, false, 1},
		{"The provider is busy.", 429, false, false, 3},
		{"The provider broke.", 502, false, false, 3},
		{"The provider broke.", 0, false, false, 3},
	} {
		answers := 0
		url, _ := server(t, ok)
		c := client(t, remote.Config{Endpoints: []string{url}, Attempts: 3, Backoff: time.Millisecond})
		ask := func() error {
			return c.Post(t.Context(), "completions", []byte(`{}`), 0, func([]byte) error {
				if answers++; answers == 1 {
					return nil
				}
				return remote.FailedAnswer(tt.words, tt.status)
			})
		}
		if err := ask(); err != nil {
			t.Fatal(err)
		}
		var failure *remote.Failure
		if err := ask(); !errors.As(err, &failure) || failure.Account != tt.account || failure.Filtered != tt.filtered || failure.Attempts != tt.attempts {
			t.Errorf("%q, code %d: %+v, want account %v, filtered %v after %d attempts", tt.words, tt.status, failure, tt.account, tt.filtered, tt.attempts)
		}
	}
}
