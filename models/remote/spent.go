package remote

import (
	"net/http"
	"regexp"
	"strings"
	"time"
)

// What services say when an account has no credit left, in their own words or codes:
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

// daily are the words of limits that a wait of minutes does not lift.
var daily = regexp.MustCompile(`(?i)\b(tokens|requests|queries|calls|messages|generations)[ _]?(/|per)[ _]?(day|month)\b|\b(TPD|RPD)\b` +
	`|(daily|monthly)[ _-]?([a-z]+[ _-])?(limit|quota|cap|allowance)|per[ _-]day limit|requestsperday|tokensperday`)

// filteredWords are what services say when their filter refuses a prompt: Azure, OpenAI,
// OpenRouter (403), DeepSeek, Alibaba, Gemini.
var filteredWords = regexp.MustCompile(`(?i)content[ _-]?(management )?(filter|policy)|ResponsibleAIPolicyViolation|content_policy_violation` +
	`|flagged|safety system|content exists risk|data_?inspection_?failed|prohibited_content|blocked by (our |the )?(content|safety)`)

// sortWords looks at what a refusal says, where its status alone doesn't say whose fault it
// is. Words that were asked with are no such words: some services quote the prompt. wait is
// the Retry-After, however long.
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
			f.reason += ", to be asked again in " + wait.Round(time.Minute).String()
		}
	case f.status == http.StatusUnauthorized, f.status == http.StatusNotFound, f.status == http.StatusGone,
		f.status == http.StatusUnavailableForLegalReasons, f.status >= 300 && f.status < 400:
		f.account = true
	}
	if f.filtered || f.account {
		f.message = f.said
	}
}

// FailedAnswer is the error of decode for an answer that holds an error in the service's own
// words, as routers give it with status 200. status is the one that it gives as its code, 0
// where it gives none.
func FailedAnswer(words string, status int) error { return &failedAnswer{words, status} }

type failedAnswer struct {
	words  string
	status int
}

func (f *failedAnswer) Error() string { return "the answer is an error: " + f.words }

// sortError does the same with a [FailedAnswer].
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

// spend makes the fault one of the account's that no other try will help.
func (f *fault) spend() { f.kind, f.spent, f.account, f.slow = refused, true, true, false }

// has reports whether some words were said, and not only quoted from what was asked.
func has(words *regexp.Regexp, said, asked string) bool {
	found := words.FindString(said)
	return found != "" && !strings.Contains(strings.ToLower(asked), strings.ToLower(found))
}

// shortWait is a limit by the second or the minute, which some services put into the words of
// a quota (Gemini: "You exceeded your current quota .. Please retry in 26.6s").
var shortWait = regexp.MustCompile(`(?i)(retry|try again)( in| after)? ?\d+(\.\d+)?m?s\b|per[ _]?(second|minute)|retryDelay`)
