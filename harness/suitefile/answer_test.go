package suitefile

import (
	"slices"
	"strings"
	"testing"

	"assay/suites"
)

// TestAnswers: all rows' answers are read in one way, the one that fits each of them.
func TestAnswers(t *testing.T) {
	const row = `{"q":"%","opts":[$],"correct":#}` + "\n"
	rows := func(all ...[2]string) string {
		var b strings.Builder
		for i, r := range all {
			b.WriteString(strings.NewReplacer("%", string(rune('a'+i)), "$", r[0], "#", r[1]).Replace(row))
		}
		return b.String()
	}
	for _, c := range []struct {
		name, rows string
		want       []string
		err        string
	}{
		{"indices, also where a choice has the number", rows([2]string{`"1","2","5"`, `1`}, [2]string{`"10","20","30"`, `1`}, [2]string{`"2","1","0"`, `2`}), []string{"2", "20", "0"}, ""},
		{"letters, also where a choice is the letter", rows([2]string{`"B","A","C"`, `"B"`}, [2]string{`"red","blue","green"`, `"C"`}), []string{"A", "green"}, ""},
		{"texts, also where an index would do", rows([2]string{`"2","1"`, `"1"`}, [2]string{`"5","7"`, `"7"`}), []string{"1", "7"}, ""},
		{"indices and texts that agree", rows([2]string{`"0","1"`, `1`}, [2]string{`"0","1"`, `0`}), []string{"1", "0"}, ""},
		{"two ways in every row", rows([2]string{`"0","1"`, `1`}, [2]string{`"2","1","0"`, `2`}), nil, `d.jsonl:2: the answer "2" is a choice's text (choice 1) and an index from 0 (choice 3), and so may the other rows' be; write letters`},
		{"no way for all", rows([2]string{`"red","blue"`, `"B"`}, [2]string{`"red","blue"`, `0`}), nil, `d.jsonl:2: the answer "0" is not a letter, as in the rows before; write all answers in one way`},
		{"an index past the end", rows([2]string{`"red","blue"`, `1`}, [2]string{`"red","blue"`, `2`}), nil, `d.jsonl:2: the answer "2" is none of the 2 choices`},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder(t, map[string]string{"d.jsonl": c.rows, "s.yaml": "data: d.jsonl\nprompt: '{{ q }}'\nchoices: opts\nanswer: correct\nmetrics: [accuracy]\n"})
			s, err := Open("s.yaml")
			if err != nil {
				t.Fatal(err)
			}
			set, err := s.Live.Load(suites.Files{})
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) {
					t.Errorf("got  %v\nwant %s", err, c.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, ex := range set.Examples {
				got = append(got, ex.References...)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("correct choices %q, want %q", got, c.want)
			}
		})
	}
}
