package judge

import (
	"embed"
	"strings"
)

// The prompts of judges that are models, each with its system instruction in a file of its own.
//
//go:embed prompts/*.txt
var promptFiles embed.FS

// instruction is a judge's system instruction and prompt. The prompt has places in braces, such
// as {material}.
type instruction struct{ system, prompt string }

// instructionOf reads a prompt by its file's name.
func instructionOf(name string) instruction {
	read := func(file string) string {
		text, err := promptFiles.ReadFile("prompts/" + file)
		if err != nil {
			panic("judge: " + err.Error())
		}
		return strings.TrimSuffix(string(text), "\n")
	}
	return instruction{read(name + ".system.txt"), read(name + ".txt")}
}

// with is the prompt with its places filled: names and texts in turn. A text may hold anything;
// places in it are not filled.
func (i instruction) with(filled ...string) string {
	for k := 0; k < len(filled); k += 2 {
		filled[k] = "{" + filled[k] + "}"
	}
	return strings.NewReplacer(filled...).Replace(i.prompt)
}
