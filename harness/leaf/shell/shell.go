// Package shell writes commands for a shell.
package shell

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// special reports whether a shell might read a character as more than itself.
func special(r rune) bool {
	return r < utf8.RuneSelf && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_./:,=+@%", r)
}

// Quote joins arguments, each quoted if it has to be.
func Quote(args ...string) string {
	quoted := make([]string, len(args))
	for i, a := range args {
		quoted[i] = a
		if a == "" || strings.ContainsFunc(a, special) {
			quoted[i] = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
	}
	return strings.Join(quoted, " ")
}
