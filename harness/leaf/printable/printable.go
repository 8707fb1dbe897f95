// Package printable makes other people's text safe to print on a terminal and to show on a page.
package printable

import (
	"strconv"
	"strings"
)

// Text removes what could affect a terminal: every character that [strconv.IsPrint] rejects.
func Text(s string) string {
	return strings.Map(func(r rune) rune {
		if strconv.IsPrint(r) {
			return r
		}
		return -1
	}, s)
}
