package cli_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"assay/models/loopback"
)

// Closed-domain instructions go to a server, judges of both kinds note what the answers do, and
// people's labels of a quarter of them are joined with the judge, under the names of the suite.
func TestClosedDomain(t *testing.T) {
	t.Chdir(t.TempDir())
	server := httptest.NewServer(loopback.New(loopback.Config{Model: "m"}))
	defer server.Close()
	var data, labels strings.Builder
	for i := range 40 {
		fmt.Fprintf(&data, `{"instruction":"Sum up.","input":"Text %d.","constraint":"Be brief."}`+"\n", i)
		for k, model := range []string{"long", "short"} {
			if i%4 == 1 {
				fmt.Fprintf(&labels, `{"suite":"closed_domain","prompt":"Sum up.\nBe brief.\n\nText %d.","closed_domain":true,"constraint":"Be brief.","model":"%s","labeler":"ann","likert":%d,"hallucination":%v,"probability":0.25}`+"\n",
					i, model, 1+(i*(k+3))%7, (i+k)%3 == 0)
			}
		}
	}
	write(t, "closed.jsonl", data.String())
	write(t, "labels.jsonl", labels.String())
	write(t, "plan.yaml", fmt.Sprintf(`models:
  - {name: long, model: "openai:%[1]s/v1#m", api: chat}
  - {name: short, model: "openai:%[1]s/v1#m", api: chat, max_tokens: 9}
suites: [{suite: closed_domain, data: closed.jsonl, judges: [notes, check]}]
judges:
  - {name: notes, kind: metadata, model: "openai:%[1]s/v1#m", api: chat}
  - {name: check, kind: grounded, model: "openai:%[1]s/v1#m", api: chat, metric: ungrounded}
`, server.URL))
	do(t, 0, "run", "plan.yaml", "-o", "run")
	estimates := do(t, 0, "estimate", "run", "--format", "csv")
	for _, metric := range []string{"judged_likert", "judged_hallucination", "judged_satisfies_constraint", "judged_moral_judgment", "ungrounded"} {
		for _, model := range []string{"long", "short"} {
			if !strings.Contains(estimates, "closed_domain,"+metric+","+model+",") {
				t.Errorf("no %s of %s in %s", metric, model, estimates)
			}
		}
	}
	do(t, 0, "import", "labels", "labels.jsonl", "-o", "labels")
	joined := do(t, 0, "estimate", "run", "labels", "--metric", "joined_likert,joined_hallucination", "--format", "csv")
	for _, want := range []string{"joined_likert,long,", "joined_likert,short,", "joined_hallucination,long,", "joined_hallucination,short,"} {
		if !strings.Contains(joined, want) {
			t.Errorf("no %s in %s", want, joined)
		}
	}
	if n := strings.Count(joined, "PPI++ with 40 judged"); n != 4 {
		t.Errorf("%d joined estimates, want 4: %s", n, joined)
	}
	if agreed := do(t, 0, "agreement", "run", "labels"); !strings.Contains(agreed, "notes and labelers") {
		t.Errorf("agreement: %s", agreed)
	}
	do(t, 0, "report", "run", "labels", "-o", "report", "--baseline", "short")
}
