// Package remote posts JSON to services that may misbehave: language models and
// classifiers behind HTTP.
//
// A request is tried until it has an answer that its caller can decode, or until
// it is clear whose fault it is:
//
//   - The request's own (400, 413, 422 and most other 4xx): it fails at once with a
//     [Failure].
//   - The service's, for now (408, 409, 425, 429, 5xx, a broken connection, no
//     answer within the time limit, an answer that is torn, too large, no UTF-8 or
//     not what was asked for): it is tried again at the next endpoint after a wait
//     that grows exponentially with jitter, up to Config.Attempts times, unless decode
//     says that no further try would change it ([Final]). Tries
//     that met 429, or no server at all, are forgotten when another request
//     succeeds: a busy service that makes progress makes nobody give up.
//   - The service's, for good (401, 403, 404, 410, 451, a redirect, a spent quota; or no
//     connection): [ErrDown]. The run should stop and be resumed later.
//
// A service that answers some requests and fails others, however often, is not
// down: its failures are for the caller to count.
//
// The server's words are in every error. In records those about load are kept only
// where they hold no number. Identity is the only coding asked for; what comes packed
// by gzip or deflate is unpacked all the same, within Config.MaxBody.
//
// Each endpoint's concurrency adapts to what it bears: additive increase with
// success, halving on 429, 503 and time limits. An endpoint that fails again and
// again is rested and probed. Retry-After holds an endpoint back, at most
// [MaxRetryAfter]. Redirects are not followed, so that keys are sent nowhere else.
//
// Jitter moves when something is asked, never what is answered; it is the only
// randomness here.
package remote
