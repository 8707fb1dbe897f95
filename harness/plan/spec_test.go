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
		{"", "no kind of model that a plan can ask"},
		{secret, "no kind of model that a plan can ask"},
		{"OpenAI:http://h#m", "no kind of model that a plan can ask"},
		{"http://" + secret + "/v1#m", "a bare URL; write openai:URL#NAME"},
		{"openai:", "no address of a server"},
		{"openai:#m", "no address of a server"},
		{"openai:" + secret + "#m", "no address of a server"},
		{"openai:ftp://h#m", "no address of a server"},
		{"openai:http://:80#m", "no address of a server"},
		{"openai:http:h#m", "no address of a server"},
		{"openai:http://h/%zz" + secret + "#m", "no address of a server"},
		{"openai:http://h:0#m", "a port outside 1 to 65535"},
		{"openai:http://h:65536#m", "a port outside 1 to 65535"},
		{"openai:http://h/v1", "without the model's name"},
		{"openai:http://h/v1#", "without the model's name"},
		{"openai:http://h/v1# ", "without the model's name"},
		{"openai:http://h/v1#a\nb", "a control character"},
		{"openai:http://u:" + secret + "@h/v1#m", "a user or password in a URL"},
		{"openai:http://u:" + secret + "#x@h/v1", "a user or password in a URL"},
		{"openai:http://u:" + secret + "/x@h/v1#m", "a user or password in a URL"},
		{"openai:http://h/v1?key=" + secret + "#m", "a query in a URL"},
		{"openai:http://h/v1?#m", "a query in a URL"},
		{"replay:", "replay: without a file"},
		{"replay:#m", "replay: without a file"},
		{"replay:f#", "an empty name after #"},
		{"replay:https://u:" + secret + "@h/f", "replay: of a URL"},
		{"gpt:", "gpt: without a folder"},
		{"world:", "world: without a name"},
		{"world:../x", "world: without a name"},
		{"gpt:https://u:" + secret + "@h/f", "gpt: of a URL"},
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
