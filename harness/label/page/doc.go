// Package page is what labelers and their lead see in a browser: an HTTP server over
// labelling in progress.
//
// Outputs are hostile text. They reach the page as JSON and are put into it as text nodes only;
// characters that would hide or reorder text are made visible (package printable). The page's
// Content-Security-Policy allows its own two files and nothing else. A labeler's link is
// exchanged for a session cookie; each change needs a token that only the page has, and must come
// from it.
package page
