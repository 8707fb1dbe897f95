// Package plan reads the YAML files in which users say what they want. Reading
// is strict: an unknown field, a wrong type or a wrong name is an error with
// file, line and remedy.
//
// A run's plan, with every field. Only models and suites are needed.
//
//	title: PPO beside SFT            # of reports
//	about: What is compared and why. # a paragraph, for readers of reports
//	seed: 1                          # of every draw and resampling
//	baseline: sft                    # a model's name below
//	models:
//	  - name: sft                    # as in tables
//	    about: tuned on demonstrations                # a line on what it is, for readers of reports
//	    model: openai:http://127.0.0.1:8080/v1#NAME   # or replay:PATH, replay:PATH#NAME
//	    endpoints: [http://127.0.0.1:8081/v1]         # more servers of the same model
//	    api: completions             # or chat
//	    logprobs: auto               # auto, echo or letters: how choices are scored
//	    served_as: NAME              # what the server calls itself in answers; "*" is anything
//	    api_key_env: SOME_KEY        # the environment variable that has the key
//	    api_key_header: api-key      # the header for it, if not Authorization
//	    api_key_scheme: Bearer       # the word before it, or none
//	    headers: {X-Team: blue, X-Gate: {env: GATE, prefix: "Basic "}}   # env: from the environment
//	    query: {api-version: 2024-10-21}              # as headers
//	    omit: [seed]                 # members of the body that are not sent
//	    extra: {min_p: 0.1}          # members that are sent besides, any JSON
//	    thoughts: drop               # or keep, none (it has none), {start: MARK, end: MARK, keep: true}
//	    max_completion_tokens: 4000  # room for thoughts too, in place of max_tokens
//	    system: text                 # above every prompt
//	    temperature: 0.7             # over the suites' own; top_p (unset is not sent) and max_tokens too
//	    concurrency: 16
//	    timeout: 60s                 # of one attempt
//	    attempts: 8                  # of one request
//	    requests_per_minute: 500
//	    tokens_per_minute: 100000
//	    price: {prompt: 0.15, completion: 0.60}       # dollars a million tokens
//	  - name: ppo
//	    model: openai:http://127.0.0.1:8080/v1#OTHER
//	    suites: [truthfulqa]         # these alone of those below
//	    asked_as: {QA prompt: QA + instruction}       # under another condition than the rest
//	suites:
//	  - suite: truthfulqa
//	    data: TruthfulQA.csv         # beside the plan or below --data; else the usual place there
//	    shots: shots.jsonl           # few-shot examples
//	    conditions: [QA prompt]
//	    limit: 200                   # examples drawn by the seed
//	    samples: 1                   # draws of each; by letter orders: 2 is one and its reverse
//	    max_tokens: 50               # temperature and top_p too
//	    judge: truth                 # or judges: [a, b]
//	judges:
//	  - {name: truth, kind: truth, model: "openai:http://127.0.0.1:8082/v1#NAME", api: chat}
//	  - {name: rm, kind: reward, model: "gpt:rm/model"}   # a reward model on this machine, beside the plan
//	  - {name: tox, kind: toxicity, service: classifier, url: "http://127.0.0.1:8083", label: toxic}
//	gates:
//	  - {suite: truthfulqa, metric: true_informative, condition: QA prompt, margin: 0.05}
//
// Kinds of judges are toxicity (service: perspective, moderation or classifier),
// models on servers that say truth, pairwise or grade, and reward models on this machine
// (reward).
package plan
