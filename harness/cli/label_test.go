package cli_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os/exec"
	"regexp"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/rogpeppe/go-internal/testscript"
)

// labelled PLAN WORK N starts the labelling page and answers N items as each of its labelers.
// Grades, flags and ranks come from the outputs' lengths, so that the labelers agree.
func labelled(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: labelled PLAN WORK N")
	}
	number, err := strconv.Atoi(args[2])
	ts.Check(err)
	server := exec.Command("assay", "label", "serve", ts.MkAbs(args[0]), "-o", ts.MkAbs(args[1]), "--address", "127.0.0.1:0")
	path, err := exec.LookPath("assay")
	ts.Check(err)
	server.Path = path
	out, err := server.StdoutPipe()
	ts.Check(err)
	said, err := server.StderrPipe()
	ts.Check(err)
	ts.Check(server.Start())
	defer func() {
		_ = server.Process.Kill()
		_ = server.Wait()
	}()
	links := bufio.NewScanner(out)
	for range 2 {
		if !links.Scan() {
			rest, _ := io.ReadAll(said)
			ts.Fatalf("no links: %s", rest)
		}
		name, link, _ := strings.Cut(links.Text(), "\t")
		ts.Check(labelAll(link, name, number))
	}
}

// labelAll answers items as the owner of a link.
func labelAll(link, name string, number int) error {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	client := &http.Client{Jar: jar}
	base, _, _ := strings.Cut(link, "/start/")
	if _, err := fetch(client, link); err != nil {
		return err
	}
	page, err := fetch(client, base+"/")
	if err != nil {
		return err
	}
	csrf := regexp.MustCompile(`name="csrf" content="([^"]+)"`).FindSubmatch(page)
	if csrf == nil {
		return fmt.Errorf("the page has no token: %.300s", page)
	}
	for i := range number {
		item, err := fetch(client, base+"/api/item")
		if err != nil {
			return err
		}
		body, err := lengthAnswer(item, fmt.Sprintf("%s-number-%08d", name, i))
		if err != nil {
			return err
		}
		r, err := http.NewRequest(http.MethodPost, base+"/api/answer", bytes.NewReader(body))
		if err != nil {
			return err
		}
		r.Header.Set("X-CSRF-Token", string(csrf[1]))
		if _, err := answered(client.Do(r)); err != nil {
			return err
		}
	}
	return nil
}

func fetch(client *http.Client, url string) ([]byte, error) { return answered(client.Get(url)) }

func answered(r *http.Response, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err == nil && r.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %.300s", r.Status, body)
	}
	return body, err
}

// lengthAnswer is an answer that likes short outputs.
func lengthAnswer(data []byte, id string) ([]byte, error) {
	var shown struct {
		Item struct {
			ID      string
			Outputs []string
			Form    struct{ Flags []struct{ Name string } }
		}
		Revision int
	}
	if err := json.Unmarshal(data, &shown, json.MatchCaseInsensitiveNames(true)); err != nil {
		return nil, err
	}
	var outputs []map[string]any
	for _, text := range shown.Item.Outputs {
		flags := map[string]bool{}
		for _, f := range shown.Item.Form.Flags {
			flags[f.Name] = f.Name == "opinion" && len(text)%2 == 0
		}
		shorter := map[int]bool{}
		for _, other := range shown.Item.Outputs {
			if len(other) < len(text) {
				shorter[len(other)] = true
			}
		}
		outputs = append(outputs, map[string]any{"scales": map[string]int{"likert": max(1, 7-len(text)/20)}, "flags": flags, "rank": 1 + len(shorter)})
	}
	return json.Marshal(map[string]any{"id": id, "item": shown.Item.ID, "revision": shown.Revision, "answer": map[string]any{"outputs": outputs, "seconds": 7.5}})
}
