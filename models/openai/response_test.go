package openai_test

import (
	"testing"

	"assay/models"
	"assay/models/openai"
)

// A body is read strictly for the members that are used. An error names the member, and is worth another
// attempt or not.
func TestDecode(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		chat       bool
		text       string
		fault      string
		attempts   int // 0 is 1
	}{
		{"text", `{"choices":[{"index":0,"text":"yes"}]}`, false, "yes", "", 0},
		{"unknown members", `{"id":1,"model":"m","choices":[{"text":"yes","logprobs":"none","x":{}}],"usage":null,"timings":[]}`, false, "yes", "", 0},
		{"empty text", `{"choices":[{"text":""}]}`, false, "", "", 0},
		{"half a pair", `{"choices":[{"text":"\ud83d"}]}`, false, "\ufffd", "", 0},
		{"filtered", `{"choices":[{"message":{"content":null},"finish_reason":"content_filter"}]}`, true, "", "", 0},
		{"thought to the end", `{"choices":[{"message":{},"finish_reason":"length"}]}`, true, "", "", 0},
		{"refusal", `{"choices":[{"message":{"content":null,"refusal":"I can't."},"finish_reason":"stop"}]}`, true, "I can't.", "", 0},

		{"usage is a list", `{"choices":[{"text":"yes"}],"usage":[]}`, false, "yes", "", 0},
		{"usage in texts", `{"choices":[{"text":"yes"}],"usage":{"prompt_tokens":"3","completion_tokens":"2"}}`, false, "yes", "", 0},
		{"usage below 0", `{"choices":[{"text":"yes"}],"usage":{"prompt_tokens":-1,"completion_tokens":2}}`, false, "yes", "", 0},
		{"index is a text", `{"choices":[{"index":"0","text":"yes"}]}`, false, "yes", "", 0},
		{"index of the only choice", `{"choices":[{"index":3,"text":"yes"}]}`, false, "yes", "", 0},
		{"finish is a number", `{"choices":[{"text":"yes","finish_reason":0}]}`, false, "yes", "", 0},
		{"empty error", `{"error":"","choices":[{"text":"yes"}]}`, false, "yes", "", 0},
		{"error without members", `{"error":{ },"choices":[{"text":"yes","error":null}]}`, false, "yes", "", 0},
		{"error without words", `{"error":{"code":0,"message":"","param":null},"choices":[{"text":"yes"}]}`, false, "yes", "", 0},
		{"error is null in a text", `{"error":"null","choices":[{"text":"yes"}]}`, false, "yes", "", 0},
		{"a part is null", `{"choices":[{"message":{"content":[null,{"type":"text","text":"yes"}]}}]}`, true, "yes", "", 0},
		{"parts with thoughts of other types", `{"choices":[{"message":{"content":[{"type":"reasoning_text","text":"hm"},{"type":"redacted_thinking","data":"x"},{"type":"output_text","text":"yes"}]}}]}`, true, "yes", "", 0},
		{"refusal is false", `{"choices":[{"message":{"content":"yes","refusal":false}}]}`, true, "yes", "", 0},
		{"model is an object", `{"model":{"id":"n"},"choices":[{"text":"yes"}]}`, false, "yes", "", 0},
		{"order mark", "\ufeff" + `{"choices":[{"text":"yes"}]}`, false, "yes", "", 0},
		{"names twice", `{"x":1,"x":2,"choices":[{"text":"yes","x":1,"x":1}]}`, false, "yes", "", 0},
		{"no numbers", `{"choices":[{"text":"a NaN \"-Infinity","logprobs":{"tokens":["a"],"token_logprobs":[NaN,-Infinity]},"p":Infinity}],"x":-1}`, false, `a NaN "-Infinity`, "", 0},
		{"parts", `{"choices":[{"message":{"content":[{"type":"text","text":"y"},{"type":"output_text","text":"es"}]}}]}`, true, "yes", "", 0},
		{"parts with a thought", `{"choices":[{"message":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]},{"type":"text","text":"yes"}]}}]}`, true, "yes", "", 0},
		{"texts as parts", `{"choices":[{"message":{"content":["y","es"]}}]}`, true, "yes", "", 0},
		{"one of two choices", `{"choices":[{"message":{"content":null,"tool_calls":[{}]}},{"message":{"content":"yes"}}]}`, true, "yes", "", 0},

		{"null content", `{"choices":[{"message":{"content":null},"finish_reason":"stop"}]}`, true, "", "the answer has no content (choices[0].message.content), and isn't marked as filtered or cut", 0},
		{"thoughts alone", `{"choices":[{"message":{"content":null,"reasoning_content":"Yes."},"finish_reason":"stop"}]}`, true, "", "the answer has thoughts (reasoning_content) and no content", 0},
		{"a call", `{"choices":[{"message":{"content":"","tool_calls":[{"id":"x"}]},"finish_reason":"tool_calls"}]}`, true, "", "the answer calls a tool and has no text (choices[0].message.content)", 0},
		{"no message", `{"choices":[{"text":"yes"}]}`, true, "", "the answer has no message (choices[0].message)", 0},
		{"null text", `{"choices":[{"text":null,"finish_reason":"length"}]}`, false, "", "the answer has no text (choices[0].text)", 0},
		{"text is a number", `{"choices":[{"text":7}]}`, false, "", "the answer's text (choices[0].text) is a number, not a text", 0},
		{"content is a number", `{"choices":[{"message":{"content":7}}]}`, true, "", "the answer's content (choices[0].message.content) is a number, not a text", 0},
		{"message is a text", `{"choices":[{"message":"yes"}]}`, true, "", "the answer's message (choices[0].message) is a text, not an object", 0},
		{"choices are a text", `{"choices":"yes"}`, true, "", "the answer's member choices is a text, not a list", 0},
		{"list", `[1]`, false, "", "the answer is a list, not an object", 0},
		{"events", "data: {}\n\ndata: [DONE]\n\n", false, "", "the answer is a stream of events, which was not requested; add extra: {stream: false} to the model", 0},

		{"no choices", `{"choices":[]}`, false, "", "the answer has 0 choices, not 1", 2},
		{"another route", `{"model":"m","message":{"role":"assistant","content":"yes"}}`, true, "", "the reply has no \"choices\"; check that the model's address is the base URL of an OpenAI-compatible server", 0},
		{"words alone", `{"detail":"the queue is full"}`, false, "", "the answer is an error: the queue is full", 2},
		{"error of the request", `{"error":{"code":400,"message":"too long"}}`, false, "", "the answer is an error: too long", 0},
		{"error of the request, as a text", `{"choices":[{"error":{"status":"422","message":"too long"}}]}`, false, "", "the answer is an error: too long", 0},
		{"two texts", `{"choices":[{"text":"a"},{"text":"b"}]}`, false, "", "the answer has 2 choices, not 1", 2},
		{"error in a text", `{"error":"no room"}`, false, "", "the answer is an error: no room", 2},
		{"error beside the text", `{"error":{"code":502,"message":"lost"},"choices":[{"text":"ye"}]}`, false, "", "the answer is an error: lost", 2},
		{"error in the choice", `{"choices":[{"text":"ye","finish_reason":"stop","error":{"code":502,"message":"lost"}}]}`, false, "", "the answer is an error: lost", 2},
		{"finished by an error", `{"choices":[{"message":{"content":"ye"},"finish_reason":"error"}]}`, true, "", "the server says that the answer failed (finish_reason: error)", 2},
		{"aborted", `{"choices":[{"text":"ye","finish_reason":"abort"}]}`, false, "", "the server says that the answer failed (finish_reason: abort)", 2},
		{"torn", `{"choices":[{"text":"a"`, false, "", "the answer is not JSON: it ends too soon", 2},
		{"page", "<html><head><title>Sign in</title></head></html>", false, "", "the answer is not JSON but a web page: Sign in", 2},
		{"trailing", `{"choices":[{"text":"a"}]} x`, false, "", "the answer is not JSON: it has data after its end", 0},
		{"single quotes", `{'choices': [{'text': 'a'}]}`, false, "", "the answer is not JSON: invalid character '\\'' at start of string (expecting '\"')", 0},
		{"wrong in a member", `{"choices":[{"text":"a","index":1.}]}`, false, "", "the answer is not JSON: member index: invalid character '}' in number (expecting digit)", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			url := server(t, func(string, map[string]any) (int, any) { return 200, tt.body })
			c := client(t, url, openai.Config{Chat: tt.chat})
			got, err := c.Generate(t.Context(), models.Request{})
			if tt.fault == "" && (err != nil || got.Text != tt.text) {
				t.Errorf("%+v, error %v, want the text %q", got, err, tt.text)
			}
			if tt.fault != "" && (err == nil || reason(err) != tt.fault) {
				t.Errorf("%+v, error %v, want %q", got, err, tt.fault)
			}
			if want := max(tt.attempts, 1); c.Stats().Attempts != want {
				t.Errorf("%d attempts, want %d", c.Stats().Attempts, want)
			}
		})
	}
}
