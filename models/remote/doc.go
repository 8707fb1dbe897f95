// Package remote posts JSON over HTTP to services that may misbehave: language models and classifiers.
//
// A request is repeated until it has an answer that its caller can decode, or until it is clear what is at
// fault:
//
//   - The request (400, 413, 422 and most other 4xx): it fails at once with a
//     [Failure].
//   - The service, temporarily (408, 409, 425, 429, 5xx, a broken connection, no
//     answer within the time limit, an answer that is cut short, too large, not
//     UTF-8 or not what was requested): the next attempt goes to the next endpoint,
//     after a wait that grows exponentially with jitter, up to Config.Attempts
//     times, unless decode says that no further attempt would help ([Final]).
//     Attempts that met 429, or no server at all, are not counted once another
//     request succeeds: while a busy service makes progress, no request gives up.
//   - The service, permanently (401, 403, 404, 410, 451, a redirect, a spent quota,
//     or no connection): [ErrDown]. The run should stop and be resumed later.
//
// A service that answers some requests and fails others, however often, is not down: the caller counts its
// failures.
//
// Every error has the server's message. Records keep messages about load only if they contain no number. The
// client requests only the identity coding, but still decompresses gzip and deflate, within Config.MaxBody.
//
// Each endpoint's concurrency adapts to its capacity: it rises additively with success and halves on 429, 503
// and timeouts. An endpoint that fails repeatedly is rested and then probed. Retry-After pauses an endpoint,
// for at most [MaxRetryAfter]. Redirects are not followed, so that keys go nowhere else.
//
// Jitter changes when requests are sent, never their answers; there is no other randomness here.
package remote
