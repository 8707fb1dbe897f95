// Package readout defines the token at which a reward model is read. Everything that uses a reward model goes
// through it: its training, PPO, the choice of a checkpoint, best-of-n and the reward judge.
//
// Prompt and response are tokenized separately, as a policy sees its prompt and as reward models are trained.
// The end-of-text token follows them, and the reward is read there. It also follows a response that was cut
// off: labelers compared texts, and training puts the token after each of them, so the network was trained at
// no other position.
package readout

// Rows returns one sequence for each response: prompt, response and end token, of at most `most` tokens (at
// least 2). A response that is too long loses its end, and then has no prompt. Otherwise the prompt loses its
// beginning, equally for all responses. Responses come without an end token.
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

// Row is [Rows] for one response.
func Row(prompt, response []int32, end int32, most int) []int32 {
	return Rows(prompt, [][]int32{response}, end, most)[0]
}
