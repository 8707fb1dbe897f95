// Package readout says where a reward model is read. It is the one place that does, for
// its training and for all who ask it: PPO, the choice of a checkpoint, best-of-n, the
// reward judge.
//
// A prompt and a response are cut into tokens apart, as a policy sees the prompt and as
// comparisons are learnt from; behind them comes the token that ends a text, and there the
// reward model is read. The end comes behind a response that was cut off too: labelers
// compared texts, and training puts the end behind each of them, so that the network knows
// no other place.
package readout

// Rows are a prompt's responses behind it, each with the end behind it, of at most so many
// tokens (at least 2). What doesn't fit is cut: the end of a response that is too long
// without any prompt, and the beginning of the prompt, alike for all of the responses.
// Responses come without an end.
func Rows(prompt []int32, responses [][]int32, end int32, most int) [][]int32 {
	longest := 0
	for _, r := range responses {
		longest = max(longest, min(len(r), most-1)+1)
	}
	prompt = prompt[max(0, len(prompt)-(most-longest)):]
	rows := make([][]int32, len(responses))
	for i, r := range responses {
		r = r[:min(len(r), most-1)]
		rows[i] = append(append(append(make([]int32, 0, len(prompt)+len(r)+1), prompt...), r...), end)
	}
	return rows
}

// Row is [Rows] of one response.
func Row(prompt, response []int32, end int32, most int) []int32 {
	return Rows(prompt, [][]int32{response}, end, most)[0]
}
