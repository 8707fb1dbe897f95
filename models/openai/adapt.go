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

// changes are what requests to a server differ in from what is asked, because it
// refuses them otherwise and they mean the same: a set.
type changes uint32

const (
	noStop   changes = 1 << iota // texts are cut here alone
	newLimit                     // max_completion_tokens has the limit
	folded                       // the system's text stands above the user's
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

// answeredAs begins what is recorded of a router's alias.
const answeredAs = "answered as "

// Changes are those that the server has made necessary so far, as [Client.Adopt] takes
// them; and last the name under which it answers, if that is taken for an alias.
func (c *Client) Changes() []string {
	names := changes(c.learnt.Load()).names()
	c.served.mu.Lock()
	defer c.served.mu.Unlock()
	if c.served.alias != "" {
		names = append(names, answeredAs+c.served.alias)
	}
	return names
}

// Adopt takes over changes of an earlier session, so that equal requests are sent alike
// in both. A name that is not known is none of these.
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

// Sent says how a request is sent otherwise than it is asked; "" is as it is asked. It
// is part of what the answer is addressed by.
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

// ask sends a question and reads the answer, of which read may find fault; it may
// be nil. Where the server refuses a member that can't change the answer, the question
// is asked without it, and from then on all are if that helped.
func (c *Client) ask(ctx context.Context, q *question, tokens int, read func(answer) error) (answer, error) {
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
				err = &Refused{Member: "max_tokens", Failure: first} // it takes neither
			}
			if more&^tried == 0 {
				return answer{}, err
			}
			tried, why = tried|more, failure.Reason
		}
	}
}

// sendUndecided sends a question, again as long as the first answers have to show which
// model the name stands for.
func (c *Client) sendUndecided(ctx context.Context, q *question, body []byte, tokens int, read func(answer) error) (answer, error) {
	for again := 1; ; again++ {
		a, err := c.send(ctx, q, body, tokens, read)
		if _, other := errors.AsType[*otherModel](err); !other || again == aliasAfter || !c.undecided() {
			return a, err
		}
	}
}

// refusal says that a server found fault with the request itself.
func refusal(f *remote.Failure) bool {
	return f.Status == http.StatusBadRequest || f.Status == http.StatusUnprocessableEntity || remote.FindsFault(f.Status, f.Reason)
}

var (
	systemRefused = regexp.MustCompile(`(?i)\bsystem\b|developer (instruction|message)|\broles?\b`)
	limitRefused  = regexp.MustCompile(`(?i)max_completion_tokens|unsupported|not supported|unrecognized|unknown|not permitted|deprecated`)
	// tooLong are words about one request's length, which name its limit too.
	tooLong = regexp.MustCompile(`(?i)context|too long|reduce the length|maximum (model )?length`)
)

// remedy finds the change after which a refused question may be taken, or the error
// that the refusal is: a [Refused] where the plan has to be changed.
func (c *Client) remedy(q *question, tried changes, f *remote.Failure) (changes, error) {
	if q.system() && !tried.has(folded) && systemRefused.MatchString(f.Reason+" "+f.Param) {
		return folded, f
	}
	if q.Echo { // whether a server echoes is found out by asking
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
		case c.accepted(name), name == "logprobs", name == "top_logprobs": // a fault of this request; scoring knows
		case strings.HasPrefix(name, "max_") && tooLong.MatchString(f.Reason):
		default:
			return 0, &Refused{Member: name, Own: c.config.Shape.Extra[name] != nil, Failure: f}
		}
	}
	return 0, f
}

// blamed are the members of a body that a refusal names: by its own member for that, or
// as words of its message.
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

// learn takes note of changes that helped, and says each once.
func (c *Client) learn(made changes, why string) {
	for _, known := range changeNames {
		if made.has(known.change) && changes(c.learnt.Or(uint32(known.change)))&known.change == 0 {
			c.notice(fmt.Sprintf("%s (%s)", known.notice, why))
		}
	}
}

// accept takes note of the members that the server has answered to.
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

// Refused is the error of a member that the server refuses and that only the plan can
// leave out, because it may change the answer. It wraps [remote.ErrDown], since no
// request would fare better, and the failure.
type Refused struct {
	Member  string
	Own     bool // it is of the plan's extra
	Failure *remote.Failure
}

func (r *Refused) Error() string {
	remedy := fmt.Sprintf("write omit: [%s] to the model in the plan, and the server's own counts", r.Member)
	switch {
	case r.Own:
		remedy = fmt.Sprintf("take %s out of extra: in the plan, or give it another value", r.Member)
	case r.Member == "seed":
		remedy = "write omit: [seed] to the model in the plan; its draws can't be had again then"
	case r.Member == "temperature" || r.Member == "top_p" || r.Member == "max_tokens":
		remedy = fmt.Sprintf("write %s: with a value that it takes to the model in the plan, or omit: [%s], and the server's own counts", r.Member, r.Member)
	}
	return fmt.Sprintf("the server refuses %s: %s; %s", r.Member, strings.TrimRight(r.Failure.Reason, "."), remedy)
}

// Unwrap gives what it is for the engine and what it came from.
func (r *Refused) Unwrap() []error { return []error{remote.ErrDown, r.Failure} }
