package openai

import "testing"

func TestNamedChoice(t *testing.T) {
	listed := []string{" Iron rusts.", "a good question\n", "Vitamin A or D", "B", "It's cold"} // A to E
	for _, tt := range []struct{ answer, want string }{
		// A letter alone.
		{"C", "C"}, {" C\n", "C"}, {"C.", "C"}, {"(C)", "C"}, {"[C]", "C"}, {"{C}", "C"}, {"<C>", "C"}, {"**C**", "C"}, {"**C.**", "C"},
		{"*C*", "C"}, {"__C__", "C"}, {"`C`", "C"}, {"\"C\"", "C"}, {"“C”", "C"}, {"'C'", "C"}, {"$C$", "C"}, {`\(C\)`, "C"},
		{"Ｃ", "C"}, {"（Ｃ）", "C"}, {"C。", "C"}, {"C<|im_end|>", "C"}, {"C</s>", "C"}, {"# C", "C"},
		{"c", "C"}, {"(c)", "C"}, {"c.", "C"}, {"**c**", "C"}, {"\n\nC", "C"},
		// A letter and more.
		{"C)", "C"}, {"C) it", "C"}, {"C: yes", "C"}, {"C, I think", "C"}, {"C - because", "C"}, {"C\nIt is the only one that holds.", "C"},
		{"(C) It is in fish.", "C"}, {"C. Option A is about iron.", "C"}, {"C. A good reason is fish.", "C"},
		{"C. Vitamin A or D", "C"}, {"C Vitamin A or D", "C"}, {"**C. Vitamin A or D.**", "C"}, {"E. It's cold", "E"}, {"E. Its cold", "E"},
		{"C is correct.", "C"}, {"C is the best answer", "C"}, {"Let me see. Iron is out.\n\nC", "C"}, {"C\n\nOption A is wrong.", "C"},
		// Named as the answer.
		{"Answer: C", "C"}, {"ANSWER: C", "C"}, {"answer: c", "C"}, {"Answer:\nC", "C"}, {"Final answer: **C**", "C"}, {"**Answer:** C", "C"},
		{"The answer is C", "C"}, {"The answer is (C).", "C"}, {"The correct answer is: C. Vitamin A or D", "C"}, {"The best choice is C because of the fish.", "C"},
		{"Option C", "C"}, {"Option C.", "C"}, {"Answer C", "C"}, {"I would choose C.", "C"}, {"I'd go with (C)", "C"},
		{"The most likely sentence is C.", "C"}, {"The answer would be option C", "C"},
		{`\boxed{C}`, "C"}, {`$\boxed{\text{C}}$`, "C"}, {`So it must be $\boxed{C}$.`, "C"}, {`\boxed{c}`, "C"}, {`$$\boxed{\mathrm{(C)}}$$`, "C"},
		{"Réponse : C", "C"}, {"答案：C", "C"}, {`{"answer": "C"}`, "C"},
		{"A. Iron rusts.\nB. a good question\nC. Vitamin A or D\nAnswer: C", "C"},
		{"Option A is wrong, and B too. The answer is C.", "C"},
		{"<answer>C</answer>", "C"}, {"<answer>\nC\n</answer>", "C"}, {"<b>C</b>", "C"}, {"<|assistant|>C<|end|>", "C"}, {"C<eos>", "C"},
		{"✅ C", "C"}, {"C ✓", "C"}, {"- C", "C"}, {"• C", "C"}, {"【C】", "C"}, {"Ⓒ", "C"}, {"C?", "C"}, {"C because it is good", "C"},
		{"(c) Vitamin A or D", "C"}, {"c. Vitamin A or D", "C"}, {"Option C: Vitamin A or D", "C"}, {"Option C: yes", "C"},
		{"Sure! C", "C"}, {"It's C.", "C"}, {"So, C.", "C"}, {"Thus (C)", "C"}, {"(A) is wrong, so (C)", "C"}, {"It's not A or B; the answer is C", "C"},
		{"The answer must be C.", "C"}, {"The answer is c.", "C"}, {"Die Antwort ist C.", "C"}, {"La respuesta es C", "C"},
		{"Answer choice C", "C"}, {"Ans. C", "C"}, {"Answer → C", "C"}, {"Answer => C", "C"}, {"I'm going with C.", "C"}, {"> C", "C"},
		{"C (Vitamin A or D)", "C"}, {"答案是C", "C"}, {"正确答案是 C。", "C"}, {"我选C。", ""}, {"选择C", "C"}, {"答えはC", "C"}, {"정답은 C", "C"},
		{"答案是A或C", ""}, {"答案不是C", ""}, {"维生素C", ""},
		// A choice's own text.
		{"Iron rusts", "A"}, {"Iron rusts.", "A"}, {"A good question", ""}, {"a good question", "B"}, {"\"It’s cold.\"", "E"}, {"It's cold", "E"},
		// Nothing, or several.
		{"", ""}, {" ", ""}, {"F", ""}, {"f", ""}, {"The answer is G.", ""}, {"A good answer needs more", ""}, {"A bird in the hand", ""}, {"I am not sure", ""}, {"I", ""},
		{"A or B", ""}, {"A, B", ""}, {"A and B.", ""}, {"A/B", ""}, {"A. or B.", ""}, {"A B", ""}, {"(A) or (B)", ""}, {"AB", ""}, {"A, B and C", ""},
		{"A\nB", ""}, {"Answer: A or B", ""}, {"Answer: (A) and (C)", ""}, {"The answer is A or B.", ""}, {"Answer: A\nAnswer: B", ""}, {"A. No, the answer is B.", ""},
		{`\boxed{A} \boxed{B}`, ""}, {"(A) is right, so (B) is wrong", "A"}, {"I don't think A is right", ""}, {"I doubt that it is right", ""}, {"(A) or maybe (B)", ""}, {"A) or B)", ""}, {"A: no\nB: yes", ""}, {"A, B are both right", ""},
		{"The answer is A good one", ""}, {"The answer is not C", ""}, {"The answer is neither A nor B", ""}, {"The wrong answer is C.", ""}, {"It isn't true that the answer is C.", ""},
		{"Option A is wrong.", ""}, {"Vitamin C", ""}, {"I like the letter C a lot", ""}, {"Sorry, I can't answer that.", ""}, {"As an AI, I can't choose", ""},
		{"the answer is a", ""}, {"It is a", ""}, {"So A is wrong", ""}, {"A: Vitamin A or D", ""}, {"B. Iron rusts.", ""}, {"a. Vitamin A or D", ""},
		{"Option A: no. Option B: yes.", ""}, {"It is not C", ""}, {"It isn't C.", ""}, {"The answer is A. No wait, B.", ""}, {"Answer: A. Actually, C", ""}, {"A? No, C.", "C"}, {"a, b", ""}, {"So it is, I think", ""}, {"a bird", ""}, {"Both A and B are right", ""}, {"Neither", ""}, {"None of the above", ""}, {"Plan B", ""}, {"C's", ""},
		{"B", "B"}, {"A or B is correct", ""}, {"both A and B", ""},
	} {
		at, ok := namedChoice(tt.answer, listed)
		got := ""
		if ok {
			got = string(letters[at])
		}
		if got != tt.want {
			t.Errorf("%q names %q, want %q", tt.answer, got, tt.want)
		}
	}
}

// A text that two choices have, or that could be another choice's letter, names none.
func TestNamedByText(t *testing.T) {
	listed := []string{"B. cells", "Some cells", "No cells", "No cells."}
	for _, tt := range []struct {
		answer string
		place  int
		ok     bool
	}{{"Some cells", 1, true}, {"B. Some cells.", 1, true}, {"B. cells", 0, false}, {"No cells", 0, false}, {"D. No cells", 3, true}, {"A. B. cells", 0, true}, {"cells", 0, false}} {
		if place, ok := namedChoice(tt.answer, listed); ok != tt.ok || ok && place != tt.place {
			t.Errorf("%q: %d, %v, want %d, %v", tt.answer, place, ok, tt.place, tt.ok)
		}
	}
}
