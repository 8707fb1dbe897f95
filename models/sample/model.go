package sample

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"assay/harness/leaf/place"
	"assay/harness/leaf/plural"
	"assay/models"
	"assay/models/bpe"
	"assay/models/checkpoint"
	"assay/models/compute/kernels"
	"assay/models/readout"
)

// Model is a checkpoint that answers requests. It is safe for concurrent use.
type Model struct {
	tokenizer *bpe.Tokenizer
	batcher   *Batcher
	config    Config
	literal   bool // special tokens in prompts are ordinary text
	notices   []string
}

var (
	_ models.Generator = (*Model)(nil)
	_ models.Scorer    = (*Model)(nil)
	_ models.Rewarder  = (*Model)(nil)
)

// Open loads a folder in Hugging Face's layout: config.json, model.safetensors, and the tokenizer's files.
// The caller still has to close the CPU. Until then only the model may use it, unless [Options].Turn is set.
func Open(cpu *kernels.CPU, dir string, o Options) (m *Model, err error) {
	c, err := checkpoint.Load(dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	tokenizer, err := bpe.Load(dir)
	if err != nil {
		return nil, err
	}
	if err := Fits(tokenizer, c.Config); err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	n, err := NewNetwork(cpu, c.Config, c.Float32s)
	if place.Known(err) { // it already names its file
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	if o.Name == "" {
		o.Name = dir
	}
	m = New(n, tokenizer, o)
	m.notices = c.Notices()
	return m, nil
}

// Fits returns an error unless a model has logits for all tokens of a tokenizer. It may have more.
func Fits(t *bpe.Tokenizer, c Config) error {
	if t.Size() <= c.VocabSize {
		return nil
	}
	return fmt.Errorf("the tokenizer has %s, the last of them %q, but the model has %d (vocab_size): either the embedding was not resized, or a special token outside the vocabulary was added by default; name the model's own in tokenizer_config.json (eos_token, bos_token, unk_token)",
		plural.Of(t.Size(), "token"), t.Token(int32(t.Size()-1)), c.VocabSize)
}

// New makes a model of a network, which must not be used for anything else from then on.
func New(n *Network, t *bpe.Tokenizer, o Options) *Model {
	o.Ends, o.Vocab, o.Missing = t.Ends(), t.Size(), t.Missing()
	return &Model{tokenizer: t, batcher: NewBatcher(n, o), config: n.config, literal: o.Literal}
}

// Tokenizer returns the model's tokenizer.
func (m *Model) Tokenizer() *bpe.Tokenizer { return m.tokenizer }

// Batcher returns the batcher that decodes for the model.
func (m *Model) Batcher() *Batcher { return m.batcher }

// Config returns the architecture.
func (m *Model) Config() Config { return m.config }

// Close ends all requests.
func (m *Model) Close() { m.batcher.Close() }

// Tokens returns a prompt's tokens, with what the tokenizer puts around them: see
// [bpe.Tokenizer.EncodePrompt]. For an empty prompt it is the token between documents.
func (m *Model) Tokens(prompt string) []int32 {
	if tokens := m.tokenizer.EncodePrompt(prompt, m.literal); len(tokens) > 0 {
		return tokens
	}
	return []int32{m.tokenizer.End()}
}

// Notices lists what may surprise about the model, a line each.
func (m *Model) Notices() []string { return slices.Concat(m.notices, m.tokenizer.Notices()) }

// Generate continues the request's prompt until a stop sequence, the end of the text, or the token limit. It
// joins system and prompt as for a server without chat.
func (m *Model) Generate(ctx context.Context, r models.Request) (models.Answer, error) {
	return m.Stream(ctx, r, func(string) bool { return true })
}

// Stream is Generate, and calls piece with each piece of the text as soon as it is final; if piece returns
// false, the text ends.
func (m *Model) Stream(ctx context.Context, r models.Request, piece func(string) bool) (models.Answer, error) {
	if r.Turns != nil {
		return models.Answer{}, models.ErrTurns
	}
	return m.Continue(ctx, m.job(m.Tokens(r.Text()), &r), r.Stop, piece)
}

// Continue runs a job that generates tokens, as text: see [Model.Stream].
func (m *Model) Continue(ctx context.Context, j Job, stops []string, piece func(string) bool) (models.Answer, error) {
	w := NewWriter(m.tokenizer, j.Prompt, stops)
	usage := models.Usage{Prompt: len(j.Prompt)}
	var text []byte
	put := func(s string) bool {
		text = append(text, s...)
		return s == "" || piece(s)
	}
	finish, err := m.batcher.Do(ctx, j, func(t Token) bool {
		if !t.Added {
			return true
		}
		usage.Completion++
		s, more := w.Write(t.ID)
		return put(s) && more
	})
	if err != nil {
		return models.Answer{}, err
	}
	put(w.Rest())
	return models.Answer{Text: string(text), Finish: string(finish), Tokens: &usage}, nil
}

func (m *Model) job(prompt []int32, r *models.Request) Job {
	add := r.MaxTokens
	if add == 0 {
		add = m.config.MaxPositionEmbeddings
	}
	return Job{Prompt: prompt, MaxTokens: add, SamplingParams: SamplingParams{Temperature: r.Temperature, TopP: r.TopP, Seed: uint64(r.ShortSeed())}}
}

// Score returns the log-probability in nats of each of the request's choices after its prompt, and the number
// of tokens in the sum: those of prompt and choice together that end within the choice. The common prefix of
// the choices, the prompt and perhaps more, goes through the network once.
func (m *Model) Score(ctx context.Context, r models.Request) (models.Answer, error) {
	if len(r.Choices) == 0 {
		return models.Answer{}, errors.New("the request has no choices to score")
	}
	if r.Turns != nil {
		return models.Answer{}, models.ErrTurns
	}
	if r.Prompts != nil {
		return models.EachPrompt(r, func(r models.Request) (models.Answer, error) { return m.Score(ctx, r) })
	}
	switch r.Scoring {
	case models.ByCount:
		return m.scoreByCount(ctx, &r)
	case models.Whole:
		return m.scoreWhole(ctx, &r)
	}
	prompt := r.Text()
	texts := make([][]int32, len(r.Choices))
	from := make([]int, len(r.Choices)) // the first token that counts
	usage := models.Usage{}
	for i, choice := range r.Choices {
		// The tokenizer's prefix of a prompt appears once; its suffix never does.
		tokens := m.tokenizer.EncodePrompt(prompt+choice, m.literal)
		texts[i] = tokens[:len(tokens)-len(m.tokenizer.Suffix())]
		from[i] = max(m.begin(prompt+choice, texts[i], len(prompt)), 1)
		if from[i] >= len(texts[i]) {
			return models.Answer{}, fmt.Errorf("choice %d has no token of its own to score", i+1)
		}
		usage.Prompt += len(texts[i])
	}
	answer := models.Answer{Scores: make([]float64, len(texts)), Lengths: make([]int, len(texts)), Tokens: &usage}
	for _, job := range m.scoring(texts, from, 0) {
		_, err := m.batcher.Do(ctx, job.Job, func(t Token) bool {
			answer.Scores[job.first+t.Branch] += t.LogProb
			answer.Lengths[job.first+t.Branch]++
			return true
		})
		if err != nil {
			return models.Answer{}, err
		}
	}
	return answer, nil
}

// scoringJob is a job for the texts from first on.
type scoringJob struct {
	Job
	first int
}

// scoring makes one job for all texts, or several if they start differently or the cache can't hold all at
// once. The first text's index is first.
func (m *Model) scoring(texts [][]int32, from []int, first int) []scoringJob {
	shared := common(texts, from)
	if len(texts) == 1 {
		return []scoringJob{{Job{Prompt: texts[0], Score: from[0]}, first}}
	}
	job := Job{Prompt: texts[0][:shared]}
	for i, tokens := range texts {
		job.Branches = append(job.Branches, Branch{Tokens: tokens[shared:], Score: from[i] - shared})
	}
	if shared > 0 && m.batcher.Holds(job) {
		return []scoringJob{{job, first}}
	}
	half := len(texts) / 2
	return append(m.scoring(texts[:half], from[:half], first), m.scoring(texts[half:], from[half:], first+half)...)
}

// begin is the index of the first token that ends after this many bytes of a text.
func (m *Model) begin(text string, tokens []int32, bytes int) int {
	for i, end := range m.tokenizer.EndsIn(text, slices.Concat(tokens, m.tokenizer.Suffix())) {
		if i == len(tokens) {
			break
		}
		if end > bytes {
			return i
		}
	}
	return len(tokens)
}

// common is how many tokens all texts share at their start, without those to be scored.
func common(texts [][]int32, from []int) int {
	n := from[0]
	for i, tokens := range texts {
		n = min(n, from[i])
		for j := range n {
			if tokens[j] != texts[0][j] {
				n = j
				break
			}
		}
	}
	return n
}

// Reward returns the output of a model with a scalar head for each of the request's choices, as responses to
// its prompt, or for the prompt if there are no choices: see [readout.Rows]. A text longer than the model's
// context is an error.
func (m *Model) Reward(ctx context.Context, r models.Request) (models.Answer, error) {
	if !m.config.ScalarHead {
		return models.Answer{}, errors.New("the model has no scalar head: it generates text and gives no rewards")
	}
	if r.Turns != nil {
		return models.Answer{}, models.ErrTurns
	}
	prompt, responses := m.tokenizer.AppendEncode(slices.Clone(m.tokenizer.Prefix()), r.Text()), [][]int32{nil}
	if r.Choices != nil {
		responses = responses[:0]
		for _, text := range r.Choices {
			responses = append(responses, m.tokenizer.TrimEnd(m.tokenizer.AppendContinuation(nil, text)))
		}
	} else {
		prompt = m.tokenizer.TrimEnd(prompt)
	}
	answer := models.Answer{Tokens: &models.Usage{}}
	for _, response := range responses {
		n := len(prompt) + len(response) + 1
		if n > m.config.MaxPositionEmbeddings {
			return models.Answer{}, beyond{jobError("a text of %s, including its end, but the reward model's context length is %d: shorten the prompt, or lower max_tokens for the model that answers", plural.Of(n, "token"), m.config.MaxPositionEmbeddings)}
		}
		answer.Tokens.Prompt += n
		row := readout.Row(prompt, response, m.tokenizer.End(), m.config.MaxPositionEmbeddings)
		_, err := m.batcher.Do(ctx, Job{Prompt: row}, func(t Token) bool {
			answer.Scores = append(answer.Scores, t.LogProb)
			return true
		})
		if err != nil {
			return models.Answer{}, err
		}
	}
	return answer, nil
}
