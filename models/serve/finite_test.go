package serve_test

import (
	"io"
	"math"
	"net/http"
	"strings"
	"testing"

	"assay/models/bpe"
	"assay/models/checkpoint"
	"assay/models/compute/kernels"
	"assay/models/gpt"
	"assay/models/sample"
	"assay/models/serve"
)

// A model whose logits are not finite gives an error and never a text: as the status without a stream, in the
// last event with one.
func TestNumberErrorIsServed(t *testing.T) {
	tokenizer := bpe.NewBytes()
	c := gpt.GPT2(tokenizer.Size(), 32, 8, 1, 2)
	c.TieWordEmbeddings = false
	tensors := map[string][]float32{}
	for _, s := range checkpoint.Names(c) {
		tensors[s.Name] = make([]float32, s.Elements())
	}
	for i := range 8 { // each logit is a sum that overflows float32
		tensors[checkpoint.FinalNormBias][i] = 1
	}
	for i := range tensors[checkpoint.OutputWeight] {
		tensors[checkpoint.OutputWeight][i] = math.MaxFloat32
	}
	cpu := kernels.New(kernels.Generic, 1)
	t.Cleanup(cpu.Close)
	n, err := sample.NewNetwork(cpu, c, func(name string) ([]float32, error) { return tensors[name], nil })
	if err != nil {
		t.Fatal(err)
	}
	m := sample.New(n, tokenizer, sample.Options{Name: "folder/model"})
	t.Cleanup(m.Close)
	web := start(t, serve.Config{Model: m})
	status, r := post(t, web.URL, "/v1/completions", `{"prompt": "az", "max_tokens": 3, "logprobs": 2}`)
	if status != http.StatusInternalServerError || r.Error == nil || len(r.Choices) > 0 ||
		!strings.Contains(r.Error.Message, "folder/model") || !strings.Contains(r.Error.Message, "after 2 tokens") {
		t.Errorf("status %d, %+v", status, r.Error)
	}
	response, err := http.Post(web.URL+"/v1/completions", "application/json", strings.NewReader(`{"prompt": "az", "max_tokens": 3, "stream": true}`))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	all, err := io.ReadAll(response.Body)
	if err != nil || !strings.Contains(string(all), `"error"`) || strings.Contains(string(all), `"finish_reason":"stop"`) {
		t.Errorf("%v: %s", err, all)
	}
	if status, r := post(t, web.URL, "/v1/completions", `{"prompt": "a", "max_tokens": 0, "echo": true}`); status != http.StatusOK {
		t.Errorf("beside it: status %d, %+v", status, r.Error)
	}
}
