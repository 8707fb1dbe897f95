package openai

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"assay/models"
	"assay/models/remote"
)

// changes is a set of differences between requests as sent and as made, for a server that refuses them
// unchanged. None of them changes the meaning.
type changes uint32

const (
	noStop   changes = 1 << iota // texts are only cut here
	newLimit                     // the limit is sent as max_completion_tokens
	folded                       // the system message is put above the user's text
)

var changeNames = []struct {
	change changes
	name   string // in records
	notice string
}{
	{noStop, "stop is not sent", "stop is not sent to the server: texts are cut here"},
	{newLimit, "max_completion_tokens in place of max_tokens", "max_completion_tokens is sent in place of max_tokens"},
	{folded, "system's text in the user's turn", "the server has no system role: the system's text stands above the user's, in one turn"},
}

func (ch changes) has(one changes) bool { return ch&one != 0 }

func (ch changes) names() []string {
	var names []string
	for _, c := range changeNames {
		if ch.has(c.change) {
			names = append(names, c.name)
		}
	}
	return names
}

// answeredAs starts the record of a router's alias.
const answeredAs = "answered as "

// Changes are those that the server has required so far, as input for [Client.Adopt]; the last one may be the
// alias under which it answers.
func (c *Client) Changes() []string {
	names := changes(c.learnt.Load()).names()
	c.served.mu.Lock()
	defer c.served.mu.Unlock()
	if c.served.alias != "" {
		names = append(names, answeredAs+c.served.alias)
	}
	return names
}

// Adopt takes over the changes of an earlier session, so that both send equal requests in the same form. It
// ignores unknown names.
func (c *Client) Adopt(names []string) {
	for _, name := range names {
		if alias, ok := strings.CutPrefix(name, answeredAs); ok {
			c.served.mu.Lock()
			c.served.alias = alias
			c.served.mu.Unlock()
		}
	}
	for _, known := range changeNames {
		if slices.Contains(names, known.name) {
			c.learnt.Or(uint32(known.change))
		}
	}
}

// Sent says how a request is changed before it is sent; "" if not at all. It is part of the answer's address.
func (c *Client) Sent(r *models.Request) string { return c.sent(r, changes(c.learnt.Load())) }

func (c *Client) sent(r *models.Request, ch changes) string {
	var made changes
	if r.Choices == nil && len(r.Stop) > 0 && (ch.has(noStop) || !c.sendsStops()) {
		made |= noStop
	}
	if r.Choices == nil && r.MaxTokens > 0 && ch.has(newLimit) {
		made |= newLimit
	}
	if r.System != "" && c.config.Chat && ch.has(folded) {
		made |= folded
	}
	return strings.Join(made.names(), "; ")
}

// ask sends a question and reads the answer, which read, if not nil, may reject. If the server refuses a
// member that can't change the answer, ask repeats the question without it, and, if that works, leaves it out
// of all later questions.
func (c *Client) ask(ctx context.Context, q *requestBody, tokens int, read func(answer) error) (answer, error) {
	known := changes(c.learnt.Load())
	tried, why := known, ""
	var first *remote.Failure
	for {
		body, err := c.body(q, tried)
		if err != nil {
			return answer{}, err
		}
		a, err := c.sendUndecided(ctx, q, body, tokens, read)
		switch {
		case err == nil && a.open && a.finish == models.FinishStop && q.Stop != nil && !tried.has(noStop):
			tried, why = tried|noStop, "a stop ended a thought"
		case err == nil:
			c.learn(tried&^known, why)
			c.accept(c.members(q, tried))
			a.changes = tried
			if a.open {
				a.finish = models.FinishLength
			}
			return a, nil
		default:
			failure, ok := errors.AsType[*remote.Failure](err)
			if !ok || !refusal(failure) {
				return answer{}, err
			}
			first = cmp.Or(first, failure)
			more, err := c.remedy(q, tried, failure)
			if refused, ok := errors.AsType[*Refused](err); ok && refused.Member == "max_completion_tokens" && tried&^known&newLimit != 0 {
				err = &Refused{Member: "max_tokens", Failure: first} // it accepts neither
			}
			if more&^tried == 0 {
				return answer{}, err
			}
			tried, why = tried|more, failure.Reason
		}
	}
}

// sendUndecided sends a question, and repeats it as long as the first answers have to show which model the
// name stands for.
func (c *Client) sendUndecided(ctx context.Context, q *requestBody, body []byte, tokens int, read func(answer) error) (answer, error) {
	for again := 1; ; again++ {
		a, err := c.send(ctx, q, body, tokens, read)
		if _, other := errors.AsType[*otherModel](err); !other || again == aliasAfter || !c.undecided() {
			return a, err
		}
	}
}

// refusal reports whether a server rejected the request itself.
func refusal(f *remote.Failure) bool {
	return f.Status == http.StatusBadRequest || f.Status == http.StatusUnprocessableEntity || remote.FindsFault(f.Status, f.Reason)
}

var (
	systemRefused = regexp.MustCompile(`(?i)\bsystem\b|developer (instruction|message)|\broles?\b`)
	limitRefused  = regexp.MustCompile(`(?i)max_completion_tokens|unsupported|not supported|unrecognized|unknown|not permitted|deprecated`)
	// tooLong matches messages about the length of a request, which also name its limit.
	tooLong = regexp.MustCompile(`(?i)context|too long|reduce the length|maximum (model )?length`)
)

// remedy returns the change with which the server may accept a refused question, or the error for the
// refusal: a [Refused] if the plan must change.
func (c *Client) remedy(q *requestBody, tried changes, f *remote.Failure) (changes, error) {
	if q.system() && !tried.has(folded) && systemRefused.MatchString(f.Reason+" "+f.Param) {
		return folded, f
	}
	if q.Echo { // only a request shows whether a server echoes
		if strings.Contains(f.Reason, "max_completion_tokens") {
			return newLimit &^ tried, f
		}
		return 0, f
	}
	named := blamed(f, c.members(q, tried))
	if q.Stop != nil && !tried.has(noStop) && slices.Contains(named, "stop") {
		return noStop, f
	}
	if q.MaxTokens > 0 && !tried.has(newLimit) && slices.Contains(named, "max_tokens") && limitRefused.MatchString(f.Reason) {
		return newLimit, f
	}
	for _, name := range named {
		switch {
		case c.accepted(name), name == "logprobs", name == "top_logprobs": // a fault of this request; scoring handles it
		case strings.HasPrefix(name, "max_") && tooLong.MatchString(f.Reason):
		default:
			return 0, &Refused{Member: name, Own: c.config.Shape.Extra[name] != nil, Failure: f}
		}
	}
	return 0, f
}

// blamed returns the members of a body that a refusal names, in its own param or as words of its message.
func blamed(f *remote.Failure, sent []string) []string {
	if f.Param != "" {
		path := strings.FieldsFunc(strings.TrimPrefix(f.Param, "body."), func(r rune) bool { return strings.ContainsRune(`.[]/'"$`, r) })
		if len(path) > 0 && (slices.Contains(sent, path[0]) || path[0] == "messages" || path[0] == "prompt" || path[0] == "model") {
			return slices.DeleteFunc(path[:1], func(name string) bool { return !slices.Contains(sent, name) })
		}
	}
	words := strings.FieldsFunc(f.Reason, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
	return slices.DeleteFunc(slices.Clone(sent), func(name string) bool { return !slices.Contains(words, name) })
}

// learn records changes that helped, and reports each once.
func (c *Client) learn(made changes, why string) {
	for _, known := range changeNames {
		if made.has(known.change) && changes(c.learnt.Or(uint32(known.change)))&known.change == 0 {
			c.notice(fmt.Sprintf("%s (%s)", known.notice, why))
		}
	}
}

// accept records the members that the server has accepted.
func (c *Client) accept(sent []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, name := range sent {
		c.taken[name] = true
	}
}

func (c *Client) accepted(name string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.taken[name]
}

// Refused is the error for a member that the server refuses and that only the plan can omit, because that may
// change the answer. It wraps [remote.ErrDown], since every request would fail, and the failure.
type Refused struct {
	Member  string
	Own     bool // it comes from the plan's extra
	Failure *remote.Failure
}

func (r *Refused) Error() string {
	remedy := fmt.Sprintf("add omit: [%s] to the model in the plan, to use the server's default", r.Member)
	switch {
	case r.Own:
		remedy = fmt.Sprintf("remove %s from extra: in the plan, or give it another value", r.Member)
	case r.Member == "seed":
		remedy = "add omit: [seed] to the model in the plan; its answers can't be reproduced then"
	case r.Member == "temperature" || r.Member == "top_p" || r.Member == "max_tokens":
		remedy = fmt.Sprintf("set %s: for the model in the plan to a value that the server accepts, or add omit: [%s] to use the server's default", r.Member, r.Member)
	}
	return fmt.Sprintf("the server refuses %s (%s); %s", r.Member, strings.TrimRight(r.Failure.Reason, "."), remedy)
}

// Unwrap returns what the engine checks for, and the cause.
func (r *Refused) Unwrap() []error { return []error{remote.ErrDown, r.Failure} }
