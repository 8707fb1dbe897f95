package plan

import (
	"strings"
	"testing"
)

func TestParseSpec(t *testing.T) {
	tests := []struct {
		text string
		want Spec
		back string // as String writes it
	}{
		{"openai:http://127.0.0.1:8080/v1#m", Spec{OpenAI, "http://127.0.0.1:8080/v1", "m"}, "openai:http://127.0.0.1:8080/v1#m"},
		{"openai:http://127.0.0.1:8080/v1//#m", Spec{OpenAI, "http://127.0.0.1:8080/v1", "m"}, "openai:http://127.0.0.1:8080/v1#m"},
		{"openai:https://models.test#org/m:7b@main", Spec{OpenAI, "https://models.test", "org/m:7b@main"}, "openai:https://models.test#org/m:7b@main"},
		{"openai:http://h/v1#@cf/org/m-8b", Spec{OpenAI, "http://h/v1", "@cf/org/m-8b"}, "openai:http://h/v1#@cf/org/m-8b"},
		{"openai:http://h/v1#a#b/c:free@x/y", Spec{OpenAI, "http://h/v1", "a#b/c:free@x/y"}, "openai:http://h/v1#a#b/c:free@x/y"},
		{"openai:http://[::1]:80#m", Spec{OpenAI, "http://[::1]:80", "m"}, "openai:http://[::1]:80#m"},
		{"replay:out.jsonl", Spec{Replay, "out.jsonl", ""}, "replay:out.jsonl"},
		{"replay:dir/out.jsonl#m", Spec{Replay, "dir/out.jsonl", "m"}, "replay:dir/out.jsonl#m"},
		{"replay:a#b.jsonl#m", Spec{Replay, "a#b.jsonl", "m"}, "replay:a#b.jsonl#m"},
		{"world:ppo", Spec{World, "ppo", ""}, "world:ppo"},
		{"gpt:runs/a#b/model", Spec{GPT, "runs/a#b/model", ""}, "gpt:runs/a#b/model"},
		{"judge:tox/model", Spec{JudgeDir, "tox/model", ""}, "judge:tox/model"},
		{"assay:toxicity", Spec{Own, "toxicity", ""}, "assay:toxicity"},
		{`replay:C:\out.jsonl`, Spec{Replay, `C:\out.jsonl`, ""}, `replay:C:\out.jsonl`},
	}
	for _, tt := range tests {
		got, err := ParseSpec(tt.text)
		if err != nil || got != tt.want {
			t.Errorf("%s: got %+v, %v, want %+v", tt.text, got, err, tt.want)
		}
		if back := got.String(); back != tt.back {
			t.Errorf("%s: written as %s, want %s", tt.text, back, tt.back)
		}
	}
}

func TestSpecDefects(t *testing.T) {
	const secret = "hunter2"
	tests := []struct{ text, want string }{
		{"", "unknown kind of model"},
		{secret, "unknown kind of model"},
		{"OpenAI:http://h#m", "unknown kind of model"},
		{"http://" + secret + "/v1#m", "a bare URL is not a model spec; write openai:URL#NAME"},
		{"judge:", "judge: has no folder; write judge:DIR"},
		{"assay:a/b", "assay: needs the name of a judge that comes with assay"},
		{"openai:", "not a server address"},
		{"openai:#m", "not a server address"},
		{"openai:" + secret + "#m", "not a server address"},
		{"openai:ftp://h#m", "not a server address"},
		{"openai:http://:80#m", "not a server address"},
		{"openai:http:h#m", "not a server address"},
		{"openai:http://h/%zz" + secret + "#m", "not a server address"},
		{"openai:http://h:0#m", "port is not from 1 to 65535"},
		{"openai:http://h:65536#m", "port is not from 1 to 65535"},
		{"openai:http://h/v1", "has no model name"},
		{"openai:http://h/v1#", "has no model name"},
		{"openai:http://h/v1# ", "has no model name"},
		{"openai:http://h/v1#a\nb", "a control character"},
		{"openai:http://u:" + secret + "@h/v1#m", "a user or password"},
		{"openai:http://u:" + secret + "#x@h/v1", "a user or password"},
		{"openai:http://u:" + secret + "/x@h/v1#m", "a user or password"},
		{"openai:http://h/v1?key=" + secret + "#m", "the URL has a query"},
		{"openai:http://h/v1?#m", "the URL has a query"},
		{"replay:", "replay: has no file"},
		{"replay:#m", "replay: has no file"},
		{"replay:f#", "an empty name after #"},
		{"replay:https://u:" + secret + "@h/f", "replay: doesn't take a URL"},
		{"gpt:", "gpt: has no folder"},
		{"world:", "world: needs the name of a checkpoint"},
		{"world:../x", "world: needs the name of a checkpoint"},
		{"gpt:https://u:" + secret + "@h/f", "gpt: doesn't take a URL"},
		{"gpt:a\u2028b", "a control character in gpt:"},
		{"replay:a\u2028b", "a control character in replay:"},
	}
	for _, tt := range tests {
		got, err := ParseSpec(tt.text)
		if err == nil {
			t.Errorf("%q: read %+v, want error %s", tt.text, got, tt.want)
			continue
		}
		message := err.Error()
		if !strings.Contains(message, tt.want) || strings.ContainsAny(message, "\n\r") || strings.Contains(message, secret) {
			t.Errorf("%q: error %q, want one line with %q and no secret", tt.text, message, tt.want)
		}
	}
}

// FuzzParseSpec checks that errors are one line, that no password is read, and
// that a spec reads back as it was written.
func FuzzParseSpec(f *testing.F) {
	f.Add("openai:http://127.0.0.1:8080/v1/#m")
	f.Add("openai:http://u:p#@h/v1#m")
	f.Add("replay:a#b#c")
	f.Add("replay:C:\\f\n")
	f.Fuzz(func(t *testing.T, text string) {
		spec, err := ParseSpec(text)
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\r") {
				t.Errorf("error of several lines: %q", err)
			}
			return
		}
		if spec.Kind == OpenAI && strings.Contains(spec.Target, "@") {
			t.Errorf("%q: a user in %q", text, spec.Target)
		}
		if again, err := ParseSpec(spec.String()); err != nil || again != spec {
			t.Errorf("%q: %+v reads back as %+v, %v", text, spec, again, err)
		}
	})
}
