package checkpoint

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/leaf/plural"
)

const (
	configName  = "config.json"
	configLimit = 1 << 20 // bytes

	causalModel = "GPT2LMHeadModel"
	scalarModel = "GPT2ForSequenceClassification"
)

// configFile is config.json as transformers 4 and 5 read and write it (class GPT2Config and its base
// PretrainedConfig). Members are in the order in which they are written.
type configFile struct {
	Architectures    []string `json:"architectures"`
	ModelType        string   `json:"model_type"`
	VocabSize        int      `json:"vocab_size"`
	NPositions       int      `json:"n_positions"`
	NCtx             int      `json:"n_ctx"` // transformers before version 4 also reads this one
	NEmbd            int      `json:"n_embd"`
	NLayer           int      `json:"n_layer"`
	NHead            int      `json:"n_head"`
	NInner           *int     `json:"n_inner"`
	Activation       string   `json:"activation_function"`
	ResidPdrop       float64  `json:"resid_pdrop"`
	EmbdPdrop        float64  `json:"embd_pdrop"`
	AttnPdrop        float64  `json:"attn_pdrop"`
	LayerNormEpsilon float64  `json:"layer_norm_epsilon"`
	InitializerRange float64  `json:"initializer_range"`
	Tie              bool     `json:"tie_word_embeddings"`

	ScaleAttnWeights bool `json:"scale_attn_weights"`
	ScaleByLayer     bool `json:"scale_attn_by_inverse_layer_idx"`
	Upcast           bool `json:"reorder_and_upcast_attn"`
	CrossAttention   bool `json:"add_cross_attention"`

	BOS jsontext.Value `json:"bos_token_id"`
	EOS jsontext.Value `json:"eos_token_id"`
	Pad jsontext.Value `json:"pad_token_id"`

	UseCache bool              `json:"use_cache"`
	DType    string            `json:"torch_dtype,omitzero"`
	Labels   map[string]string `json:"id2label,omitzero"`
	LabelIDs map[string]int    `json:"label2id,omitzero"`

	foreignMembers `json:",inline"`
}

// foreignMembers are read so that they can be refused; they are never written.
type foreignMembers struct {
	HiddenSize     *int           `json:"hidden_size,omitzero"` // other names of n_embd and so on
	MaxPositions   *int           `json:"max_position_embeddings,omitzero"`
	HiddenLayers   *int           `json:"num_hidden_layers,omitzero"`
	AttentionHeads *int           `json:"num_attention_heads,omitzero"`
	NumLabels      *int           `json:"num_labels,omitzero"`
	EncoderDecoder bool           `json:"is_encoder_decoder,omitzero"`
	PrunedHeads    jsontext.Value `json:"pruned_heads,omitzero"`
	Quantization   jsontext.Value `json:"quantization_config,omitzero"`
	AutoMap        jsontext.Value `json:"auto_map,omitzero"`
}

// defaultConfig has transformers' defaults for absent members.
func defaultConfig() configFile {
	return configFile{
		VocabSize: 50257, NPositions: 1024, NEmbd: 768, NLayer: 12, NHead: 12,
		Activation: "gelu_new", ResidPdrop: 0.1, EmbdPdrop: 0.1, AttnPdrop: 0.1,
		LayerNormEpsilon: 1e-5, InitializerRange: 0.02, Tie: true, ScaleAttnWeights: true,
		BOS: jsontext.Value("50256"), EOS: jsontext.Value("50256"), UseCache: true,
	}
}

// ReadConfig reads a folder's config.json. Absent members have transformers' defaults. Unknown members are
// ignored, but one that requires an unsupported computation is an error that names the file and the member.
func ReadConfig(dir string) (Config, error) {
	path := filepath.Join(dir, configName)
	text, err := readSmall(path, configLimit)
	if errors.Is(err, fs.ErrNotExist) {
		return Config{}, inFile(path, absent(dir, "the folder has no checkpoint, or saving it was interrupted: name another folder, or train again"))
	}
	if err != nil {
		return Config{}, unreadable(path, err)
	}
	c, err := parseConfig(text)
	if err != nil {
		return Config{}, inFile(path, err)
	}
	return c, nil
}

func parseConfig(text []byte) (Config, error) {
	file := defaultConfig()
	if err := json.Unmarshal(text, &file); err != nil {
		return Config{}, plainJSON(err)
	}
	if err := file.supported(); err != nil {
		return Config{}, err
	}
	c := Config{
		VocabSize: file.VocabSize, MaxPositionEmbeddings: file.NPositions, HiddenSize: file.NEmbd, NumHiddenLayers: file.NLayer, NumAttentionHeads: file.NHead,
		Activation: Activation(file.Activation), LayerNormEpsilon: file.LayerNormEpsilon, InitializerRange: file.InitializerRange,
		Dropout:           Dropout{Residual: file.ResidPdrop, Embedding: file.EmbdPdrop, Attention: file.AttnPdrop},
		TieWordEmbeddings: file.Tie, ScalarHead: slices.Contains(file.Architectures, scalarModel), Bias: true,
	}
	switch file.Activation {
	case "gelu_pytorch_tanh", "gelu_fast", "gelu_accurate": // other names for the same formula
		c.Activation = GELUTanh
	}
	if c.HiddenSize >= 1 && c.HiddenSize <= maxWidth {
		c.IntermediateSize = 4 * c.HiddenSize
	}
	if file.NInner != nil {
		c.IntermediateSize = *file.NInner
	}
	for _, id := range []struct {
		member string
		value  jsontext.Value
		to     **int
	}{{"bos_token_id", file.BOS, &c.Special.Begin}, {"pad_token_id", file.Pad, &c.Special.Pad}} {
		ids, err := tokenIDs(id.value)
		if err != nil || len(ids) > 1 {
			return Config{}, fmt.Errorf("%s is %s; it must be an id or null", id.member, quote(string(id.value)))
		}
		if len(ids) == 1 {
			*id.to = &ids[0]
		}
	}
	var err error
	if c.Special.End, err = tokenIDs(file.EOS); err != nil {
		return Config{}, fmt.Errorf("eos_token_id is %s; it must be an id, a list of ids, or null", quote(string(file.EOS)))
	}
	return c, c.Validate()
}

// supported refuses members that require an unsupported computation.
func (f *configFile) supported() error {
	if f.ModelType != "gpt2" {
		return fmt.Errorf("model_type is %s; only \"gpt2\" is supported", quote(f.ModelType))
	}
	for _, m := range []struct {
		member  string
		refused bool
		want    string
	}{
		{"scale_attn_weights", !f.ScaleAttnWeights, "true"},
		{"scale_attn_by_inverse_layer_idx", f.ScaleByLayer, "false"},
		{"reorder_and_upcast_attn", f.Upcast, "false"},
		{"add_cross_attention", f.CrossAttention, "false"},
		{"is_encoder_decoder", f.EncoderDecoder, "false"},
		{"pruned_heads", isSet(f.PrunedHeads), "none"},
		{"quantization_config", isSet(f.Quantization), "none, with weights of type F32, F16, BF16 or F64"},
		{"auto_map", isSet(f.AutoMap), "none: a checkpoint's own code is never run"},
	} {
		if m.refused {
			return fmt.Errorf("this value of %s isn't supported; supported is %s", m.member, m.want)
		}
	}
	for _, m := range []struct {
		alias, member string
		value         *int
		want          int
	}{
		{"hidden_size", "n_embd", f.HiddenSize, f.NEmbd},
		{"max_position_embeddings", "n_positions", f.MaxPositions, f.NPositions},
		{"num_hidden_layers", "n_layer", f.HiddenLayers, f.NLayer},
		{"num_attention_heads", "n_head", f.AttentionHeads, f.NHead},
	} {
		if m.value != nil && *m.value != m.want {
			return fmt.Errorf("%s is %d but %s is %d; keep only the latter", m.alias, *m.value, m.member, m.want)
		}
	}
	if slices.Contains(f.Architectures, scalarModel) {
		return f.oneLabel()
	}
	return nil
}

// oneLabel requires one label; transformers' default is two.
func (f *configFile) oneLabel() error {
	labels := 2
	switch {
	case f.NumLabels != nil:
		labels = *f.NumLabels
	case f.Labels != nil:
		labels = len(f.Labels)
	}
	if labels != 1 {
		return fmt.Errorf("%s has %s (id2label); only 1, a scalar head, is supported", scalarModel, plural.Of(labels, "label"))
	}
	return nil
}

func isSet(v jsontext.Value) bool {
	switch string(v) {
	case "", "null", "{}", "[]":
		return false
	}
	return true
}

// tokenIDs reads an id, an array of ids, or null.
func tokenIDs(v jsontext.Value) (ids []int, err error) {
	if len(v) == 0 || v.Kind() == 'n' {
		return nil, nil
	}
	if v.Kind() == '[' {
		err = json.Unmarshal(v, &ids)
		return ids, err
	}
	id, err := strconv.Atoi(string(v))
	return []int{id}, err
}

// encodeConfig is config.json with what transformers' from_pretrained needs: GPT2LMHeadModel, or for a scalar
// head GPT2ForSequenceClassification with one label. The tensors have type F32.
func encodeConfig(c Config) ([]byte, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	file := configFile{
		Architectures: []string{causalModel}, ModelType: "gpt2",
		VocabSize: c.VocabSize, NPositions: c.MaxPositionEmbeddings, NCtx: c.MaxPositionEmbeddings, NEmbd: c.HiddenSize, NLayer: c.NumHiddenLayers, NHead: c.NumAttentionHeads,
		NInner: &c.IntermediateSize, Activation: string(c.Activation),
		ResidPdrop: c.Dropout.Residual, EmbdPdrop: c.Dropout.Embedding, AttnPdrop: c.Dropout.Attention,
		LayerNormEpsilon: c.LayerNormEpsilon, InitializerRange: c.InitializerRange,
		Tie: c.TieWordEmbeddings, ScaleAttnWeights: true,
		BOS: idText(c.Special.Begin), EOS: idsText(c.Special.End), Pad: idText(c.Special.Pad),
		UseCache: true, DType: "float32",
	}
	if c.ScalarHead {
		file.Architectures = []string{scalarModel}
		file.Labels, file.LabelIDs = map[string]string{"0": "LABEL_0"}, map[string]int{"LABEL_0": 0}
	}
	text, err := json.Marshal(&file, json.Deterministic(true), jsontext.WithIndent("  "))
	return append(text, '\n'), err
}

func idsText(ids []int) jsontext.Value {
	if len(ids) > 1 {
		text, _ := json.Marshal(ids) // integers: never an error
		return text
	}
	if len(ids) == 1 {
		return idText(&ids[0])
	}
	return idText(nil)
}

func idText(id *int) jsontext.Value {
	if id == nil {
		return jsontext.Value("null")
	}
	return jsontext.Value(strconv.Itoa(*id))
}
