package remote

import (
	"net/http"
	"regexp"
	"strings"
	"time"
)

// What services say when an account has no credit left, as messages or codes:
// OpenAI (insufficient_quota, billing_hard_limit_reached, billing_not_active), Anthropic ("Your
// credit balance is too low", "You have reached your specified API usage limits"), OpenRouter
// and DeepSeek (402), xAI ("used all available credits or reached its monthly spending
// limit"), Moonshot (exceeded_current_quota_error), Alibaba (Arrearage), Azure's gateway ("Out
// of call volume quota"), Hugging Face ("exceeded your monthly included credits").
var noCredit = regexp.MustCompile(`(?i)insufficient[ _-]?(quota|credit|balance|fund)` +
	`|exceeded (your|the|its) (current|monthly|included|usage|credit|spend|plan)[a-z ]*(quota|credit|limit|budget)|exceeded_current_quota` +
	`|(usage|spend|spending|credit|budget)[ _]limits?( has| have| was)?( been)?[ _](exceeded|reached)|reached (your|its|the) [a-z ]*(usage|spend|spending|credit|budget)[ _]limit` +
	`|credit balance|(out of|no|not enough|used all|doesn't have any|does not have any|run out of|purchase|buy|add( more)?)( available| remaining| more)? credits?\b` +
	`|requires? more credits?|can only afford|balance (is |has been |was )?(too low|insufficient|not enough|negative|exhausted|depleted|used up)` +
	`|billing[ _](hard|soft|not|limit|issue|details|account|inactive)|payment[ _](required|method|overdue)|overdue[ _-]?payment|arrearage|in good standing` +
	`|account[ _](is |has been |was )?(not[ _]active|deactivated|suspended|disabled|inactive)|organization has been (disabled|restricted)` +
	`|out of call volume|access_terminated|余额不足|欠费`)

// daily matches limits that a wait of minutes does not lift.
var daily = regexp.MustCompile(`(?i)\b(tokens|requests|queries|calls|messages|generations)[ _]?(/|per)[ _]?(day|month)\b|\b(TPD|RPD)\b` +
	`|(daily|monthly)[ _-]?([a-z]+[ _-])?(limit|quota|cap|allowance)|per[ _-]day limit|requestsperday|tokensperday`)

// filteredWords matches refusals of a prompt by a service's filter: Azure, OpenAI, OpenRouter (403),
// DeepSeek, Alibaba, Gemini.
var filteredWords = regexp.MustCompile(`(?i)content[ _-]?(management )?(filter|policy)|ResponsibleAIPolicyViolation|content_policy_violation` +
	`|flagged|safety system|content exists risk|data_?inspection_?failed|prohibited_content|blocked by (our |the )?(content|safety)`)

// sortWords uses a refusal's message where its status alone doesn't show what is at fault. Words from the
// request don't count, because some services quote the prompt. wait is the Retry-After, however long.
func (f *fault) sortWords(said, asked string, wait time.Duration) {
	late, soon := wait > MaxRetryAfter, wait > 0 && wait <= MaxRetryAfter
	limits := f.status == http.StatusTooManyRequests || f.status == http.StatusServiceUnavailable
	client := f.status >= 400 && f.status < 500
	says := func(words *regexp.Regexp) bool { return has(words, said, asked) }
	switch {
	case client && f.status != http.StatusTooManyRequests && f.status != http.StatusUnauthorized && says(filteredWords):
		f.kind, f.filtered = rejected, true
	case f.status == http.StatusPaymentRequired,
		client && (f.status != http.StatusTooManyRequests || !soon && !shortWait.MatchString(said)) && says(noCredit),
		f.status == http.StatusTooManyRequests && strings.Contains(said, "insufficient_quota"),
		limits && late,
		f.status == http.StatusTooManyRequests && says(daily):
		f.spend()
		if late {
			f.reason += ", to be retried in " + wait.Round(time.Minute).String()
		}
	case f.status == http.StatusUnauthorized, f.status == http.StatusNotFound, f.status == http.StatusGone,
		f.status == http.StatusUnavailableForLegalReasons, f.status >= 300 && f.status < 400:
		f.account = true
	}
	if f.filtered || f.account {
		f.message = f.said
	}
}

// FailedAnswer is the error that decode returns for an answer that contains an error message of the service,
// as routers send it with status 200. status is the code in that error, 0 if it has none.
func FailedAnswer(words string, status int) error { return &failedAnswer{words, status} }

type failedAnswer struct {
	words  string
	status int
}

func (f *failedAnswer) Error() string { return "the answer is an error: " + f.words }

// sortError classifies a [FailedAnswer] in the same way.
func (f *fault) sortError(failed *failedAnswer, asked string) {
	said := failed.words
	switch {
	case has(filteredWords, said, asked):
		f.kind, f.filtered = rejected, true
	case failed.status == http.StatusPaymentRequired, has(noCredit, said, asked) && !shortWait.MatchString(said), has(daily, said, asked):
		f.spend()
	case failed.status == http.StatusBadRequest, failed.status == http.StatusRequestEntityTooLarge, failed.status == http.StatusUnprocessableEntity:
		f.kind = rejected
	}
}

// spend makes the fault one of the account, which no other attempt will help.
func (f *fault) spend() { f.kind, f.spent, f.account, f.slow = refused, true, true, false }

// has reports whether the server's own words match, and not only a quotation of the request.
func has(words *regexp.Regexp, said, asked string) bool {
	found := words.FindString(said)
	return found != "" && !strings.Contains(strings.ToLower(asked), strings.ToLower(found))
}

// shortWait matches limits per second or minute, which some services word like a quota (Gemini: "You exceeded
// your current quota .. Please retry in 26.6s").
var shortWait = regexp.MustCompile(`(?i)(retry|try again)( in| after)? ?\d+(\.\d+)?m?s\b|per[ _]?(second|minute)|retryDelay`)
