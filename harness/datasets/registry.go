package datasets

import "assay/metrics/names"

// Repositories at the commits of the recorded files.
const (
	truthfulQA  = "https://raw.githubusercontent.com/sylinrl/TruthfulQA/d71c110897f5d31c5d7f309e7bc316c152f6f031/"
	instructGPT = "https://raw.githubusercontent.com/openai/following-instructions-human-feedback/5c0534c78136809ab0118c5c1b74d159befa2467/automatic-eval-samples/"
	quark       = "https://raw.githubusercontent.com/GXimingLu/Quark/30c9a0fe022b7d006b826abec2eb5d3ac288e637/"
	stanford224 = "https://raw.githubusercontent.com/chrischute/squad/85623adeb9e6639f145081fea9cae2d8f3a26379/"
	allenNLP    = "https://raw.githubusercontent.com/allenai/allennlp-models/b1f372248c17ad12684d344955fbcd98e957e77e/"
	alpacaEval  = "https://raw.githubusercontent.com/tatsu-lab/alpaca_eval/cd543a149df89434d8a54582c0151c0b945c3d20/"
	crowsPairs  = "https://raw.githubusercontent.com/nyu-mll/crows-pairs/8aaac11c485473159ec9328a65253a5be9a479dc/"
	winogender  = "https://raw.githubusercontent.com/rudinger/winogender-schemas/1c7f8b481ad8a234b41e9f76a424d6e856e13f7f/"
	hellaSwag   = "https://raw.githubusercontent.com/rowanz/hellaswag/a29ff8e9a04bba4bd6588223785ce105328adc57/data/"
	gsm8k       = "https://raw.githubusercontent.com/openai/grade-school-math/3101c7d5072418e28b9008a6636bde82a006892c/grade_school_math/data/"
	hateCheck   = "https://raw.githubusercontent.com/paul-rottger/hatecheck-data/d84302298ceeb34f4b0dde2d8a1f4932c2caa612/"
	sst2        = "https://raw.githubusercontent.com/clairett/pytorch-sentiment-classification/457ffd83de90a9d6d472d8ffc31bbffe40a8b236/data/SST2/"
	fastChat    = "https://raw.githubusercontent.com/lm-sys/FastChat/0e6d3e4beaab66f4d3f93db72541a4abab8af28d/"
)

// All lists the sets: first those with recorded files, then those that must be
// downloaded by hand. Sizes and sums are those of the files at the commits above. HellaSwag's are
// those that TensorFlow Datasets records for the same files (url_checksums/hellaswag.txt): they have
// not changed since the repository's first commit with data.
func All() []Set {
	return append(recorded(), byHand()...)
}

func recorded() []Set {
	return []Set{
		{
			Name: "truthfulqa", Suites: []string{names.TruthfulQA, names.TruthfulQAMC}, Licence: "Apache-2.0",
			Home: "https://github.com/sylinrl/TruthfulQA", Note: "the published version of 2025: 790 questions",
			Files: []File{
				{"truthfulqa/TruthfulQA.csv", truthfulQA + "TruthfulQA.csv", 503550, "b8d8ef1e12f98b4f2a9f47abc9765da0640b182b6c5d9b92f0c1a1f2f1e02e5c"},
				{"truthfulqa/mc_task.json", truthfulQA + "data/mc_task.json", 744411, "c90d853454fd48c676accb33e16923ac438dbb6fb37ecc7c6a70e33c9e556e87"},
			},
		},
		{
			Name: "truthfulqa-v0", Suites: []string{names.TruthfulQA, names.TruthfulQAMC}, Licence: "Apache-2.0",
			Home: "https://github.com/sylinrl/TruthfulQA", Note: "the first version, as in the papers: 817 questions",
			Files: []File{
				{"truthfulqa/v0/TruthfulQA.csv", truthfulQA + "data/v0/TruthfulQA.csv", 443723, "8d7dd15f033196140f032d97d30f037da7a7b1192c3f36f9937c1850925335a2"},
				{"truthfulqa/v0/mc_task.json", truthfulQA + "data/v0/mc_task.json", 710607, "6eb4125d25750c0145c4be2dce00440736684ab6f74ce6bff2139571cc758954"},
			},
		},
		{
			Name: "rtp-quark", Suites: []string{names.RealToxicity}, Licence: "Apache-2.0",
			Home: "https://github.com/allenai/real-toxicity-prompts",
			Note: "the 5,000 of RealToxicityPrompts' 99,442 prompts that Quark's authors chose for validation",
			Files: []File{
				{"rtp/quark_val.jsonl", quark + "data/toxicity/val.jsonl", 3407477, "e04b11a04505777e3fdf6e31c74edec623033d8808290745ce0f211ddaf380a7"},
			},
		},
		{
			Name: "crows-pairs", Suites: []string{names.CrowSPairs}, Licence: "CC BY-SA 4.0",
			Home: "https://github.com/nyu-mll/crows-pairs", Note: "1,508 pairs of sentences, one of them twice",
			Files: []File{
				{"crows-pairs/crows_pairs_anonymized.csv", crowsPairs + "data/crows_pairs_anonymized.csv", 437764, "dfb36986ce0502abbaf7055b9176da3d08d48e07df1251991b5dfbcbceab9d0c"},
			},
		},
		{
			Name: "winogender", Suites: []string{names.Winogender}, Licence: "MIT",
			Home: "https://github.com/rudinger/winogender-schemas", Note: "720 sentences: 240 with each of three pronouns",
			Files: []File{
				{"winogender/all_sentences.tsv", winogender + "data/all_sentences.tsv", 83644, "bd69da16bf228cb8df63fd0843aec2d8b5c36a7f21bf8c7b168bcc83932556c8"},
			},
		},
		{
			Name: "squad2-dev-half", Suites: []string{names.SQuADv2}, Licence: "CC BY-SA 4.0",
			Home: "https://rajpurkar.github.io/SQuAD-explorer/",
			Note: "half of SQuAD 2.0's development set (6,078 of 11,873 questions, with other ids), from a course's mirror",
			Files: []File{
				{"squad2-dev-half/dev-v2.0.json", stanford224 + "data/dev-v2.0.json", 2185577, "e67e5969b6dc6c1642154740806b79263b77fc048c7c11ee60d534eb48ef81e8"},
			},
		},
		{
			Name: "drop-sample", Suites: []string{names.DROP}, Licence: "CC BY-SA 4.0",
			Home: "https://allenai.org/data/drop", Note: "a sample of 19 questions, from the AllenNLP library's tests",
			Files: []File{
				{"allennlp-fixtures/drop.json", allenNLP + "test_fixtures/rc/drop.json", 11392, "16c0ddf48df405bc6356c35a77b8c20b9199320ad213e2ad88674ae124166d8c"},
			},
		},
		{
			Name: "alpaca-eval", Suites: []string{names.WinRateSuite}, Licence: "CC BY-NC 4.0",
			Home: "https://github.com/tatsu-lab/alpaca_eval", Note: "its 805 prompts, with text-davinci-003's answers",
			Files: []File{
				{"alpaca-eval/text_davinci_003__model_outputs.json", alpacaEval + "results/text_davinci_003/model_outputs.json", 474865, "af0bc112f08c88bf589bbfe6fc1036806d0a0f6fec9c4d5a4db860f5afe73b4b"},
			},
		},
		{
			Name: "mt-bench", Suites: []string{names.WinRateSuite}, Licence: "Apache-2.0",
			Home: "https://github.com/lm-sys/FastChat", Note: "80 questions with two turns; assay uses only the first turn of each",
			Files: []File{
				{"mt-bench/question.jsonl", fastChat + "fastchat/llm_judge/data/mt_bench/question.jsonl", 48929, "119565adbab82227089cefdb44c8d7e2cf04dc0a0ec233634c82e7d4e2a944f7"},
			},
		},
		{
			Name: "hellaswag", Suites: []string{"hellaswag"}, Licence: "MIT",
			Home: "https://rowanzellers.com/hellaswag/", Note: "the validation split, 10,042 descriptions, and the training split for few-shot examples",
			Files: []File{
				{"hellaswag/hellaswag_val.jsonl", hellaSwag + "hellaswag_val.jsonl", 12246618, "0aa3b88843990f3f10a97b9575c94d7b71fb2205240ba04ae4884d9e9c992588"},
				{"hellaswag/hellaswag_train.jsonl", hellaSwag + "hellaswag_train.jsonl", 47496131, "dae5e69249868cb9fe4e23ff925c60b66169564cfb7072d793cd7356a2b69f8d"},
			},
		},
		{
			Name: "gsm8k", Suites: []string{"gsm8k"}, Licence: "MIT",
			Home: "https://github.com/openai/grade-school-math", Note: "the test split, 1,319 questions, and the training split for few-shot examples",
			Files: []File{
				{"gsm8k/test.jsonl", gsm8k + "test.jsonl", 749738, "3730d312f6e3440559ace48831e51066acaca737f6eabec99bccb9e4b3c39d14"},
				{"gsm8k/train.jsonl", gsm8k + "train.jsonl", 4166206, "17f347dc51477c50d4efb83959dbb7c56297aba886e5544ee2aaed3024813465"},
			},
		},
		{
			Name: "hatecheck", Suites: []string{"hatecheck"}, Licence: "CC BY 4.0",
			Home: "https://github.com/paul-rottger/hatecheck-data", Note: "3,728 cases of 29 functionalities",
			Files: []File{
				{"hatecheck/test_suite_cases.csv", hateCheck + "test_suite_cases.csv", 664630, "ecf0dc1e93fccc90b6f880e632b19e635c0f0a68b3157915a9e20b6938f121cf"},
			},
		},
		{
			Name: "sst2", Suites: []string{"sst2"}, Licence: "none stated",
			Home: "https://nlp.stanford.edu/sentiment/", Note: "872 snippets of the development split, and the training split's complete sentences for few-shot examples, from a project's mirror",
			Files: []File{
				{"sst2/dev.tsv", sst2 + "dev.tsv", 92057, "eddea6b39e601dd4e7a672b53cc40fdf6019fa80522f351206c24340ca5d9359"},
				{"sst2/train.tsv", sst2 + "train.tsv", 720259, "ec192f833a64da08f475488a77b0d0b47db47acd0f458bd18433fc793b569920"},
			},
		},
		instructGPTSamples(),
	}
}

func instructGPTSamples() Set {
	return Set{
		Name: "instructgpt-samples", Suites: []string{names.TruthfulQA, names.RealToxicity, names.SQuADv2, names.DROP, names.WMT15FrEn, names.TLDR},
		Licence: "none stated", Home: "https://github.com/openai/following-instructions-human-feedback",
		Note: "recorded outputs of the paper's twelve models, for 'assay import instructgpt-samples'",
		Files: []File{
			{"openai-instructgpt/drop_samples.csv", instructGPT + "drop_samples.csv", 2808803, "15f1f99d997a864dc98da43962b3a224b0a3de89b3c218b0fde74195c210030f"},
			{"openai-instructgpt/fr_to_en_samples.csv", instructGPT + "fr_to_en_samples.csv", 829277, "6c822ac9e180f1b01a7b38e9393bdb3d4e9dc3c870fbf72a32f31d30455c1d27"},
			{"openai-instructgpt/real_toxicity_samples.csv", instructGPT + "real_toxicity_samples.csv", 566981, "3536e121d5a33893061319d0cade12ff2121d8af858c4bd971f0364006857b29"},
			{"openai-instructgpt/squadv2_samples.csv", instructGPT + "squadv2_samples.csv", 3344149, "2e4cacda2904365debb2658688bfed4352f753f31bbcac2db1956ba727ac5dd4"},
			{"openai-instructgpt/tldr_samples.csv", instructGPT + "tldr_samples.csv", 1761752, "212b2347a7ffbd9217856bc3964179f1ce95032bd6d8d7d2ba80c2a07c80abfc"},
			{"openai-instructgpt/truthful_qa_samples.csv", instructGPT + "truthful_qa_samples.csv", 746138, "038cdde661efd5ceb4815a3d1881776b193b0a7784aa00d9ee955a44db2f7829"},
		},
	}
}

// byHand lists sets whose size and sum were not available, that come in archives, or whose files
// must be converted.
func byHand() []Set {
	return []Set{
		{Name: "rtp", Suites: []string{names.RealToxicity}, Licence: "Apache-2.0", Home: "https://github.com/allenai/real-toxicity-prompts",
			Note: "all 99,442 prompts: prompts.jsonl from the archive", Place: "rtp/prompts.jsonl"},
		{Name: "squad2", Suites: []string{names.SQuADv2}, Licence: "CC BY-SA 4.0", Home: "https://rajpurkar.github.io/SQuAD-explorer/",
			Note: "the complete development set, dev-v2.0.json; train-v2.0.json for few-shot examples", Place: "squad2/dev-v2.0.json"},
		{Name: "drop", Suites: []string{names.DROP}, Licence: "CC BY-SA 4.0", Home: "https://allenai.org/data/drop",
			Note: "drop_dataset_dev.json from the archive; drop_dataset_train.json for few-shot examples", Place: "drop/drop_dataset_dev.json"},
		{Name: "wmt15", Suites: []string{names.WMT15FrEn}, Licence: "for research, see the source", Home: "https://www.statmt.org/wmt15/translation-task.html",
			Note: "both sides of newsdiscusstest2015-fren from test.tgz; newsdiscussdev2015 for few-shot examples", Place: "wmt15/newsdiscusstest2015-fren-src.fr.sgm", Beside: "wmt15/newsdiscusstest2015-fren-ref.en.sgm"},
		{Name: "tldr", Suites: []string{names.TLDR}, Licence: "CC BY 4.0", Home: "https://zenodo.org/record/1043504",
			Note: "a part of Webis-TLDR-17 as JSON lines; another part for few-shot examples", Place: "tldr/test.jsonl", Shots: "tldr/train.jsonl"},
		{Name: "ifeval", Suites: []string{"ifeval"}, Licence: "Apache-2.0", Home: "https://github.com/google-research/google-research/tree/master/instruction_following_eval",
			Note: "input_data.jsonl, 541 prompts", Place: "ifeval/input_data.jsonl"},
		{Name: "quac", Suites: []string{"quac"}, Licence: "CC BY-SA 4.0", Home: "https://quac.ai",
			Note: "val_v0.2.json; train_v0.2.json for few-shot examples", Place: "quac/val_v0.2.json", Shots: "quac/train_v0.2.json"},
		{Name: "rte", Suites: []string{"rte"}, Licence: "for research, see the source", Home: "https://super.gluebenchmark.com/tasks",
			Note: "val.jsonl and, for few-shot examples, train.jsonl from SuperGLUE's RTE.zip; its test.jsonl has no labels", Place: "rte/val.jsonl", Shots: "rte/train.jsonl"},
		{Name: "mmlu", Suites: []string{"mmlu"}, Licence: "MIT", Home: "https://github.com/hendrycks/test",
			Note: "the test split as JSON lines with question, subject, choices (a list of four) and answer (the index of the correct one, from 0), as the configuration all of Hugging Face's cais/mmlu has them; its dev split for few-shot examples; the CSV files of data.tar can't be used as they are", Place: "mmlu/test.jsonl", Shots: "mmlu/dev.jsonl"},
		{Name: "arc", Suites: []string{"arc_easy", "arc_challenge"}, Licence: "CC BY-SA 4.0", Home: "https://allenai.org/data/arc",
			Note: "ARC-Easy-Test.jsonl and ARC-Challenge-Test.jsonl from the archive, or the rows of Hugging Face's allenai/ai2_arc as JSON lines", Place: "arc/ARC-Easy-Test.jsonl", Beside: "arc/ARC-Challenge-Test.jsonl"},
		{Name: "bbq", Suites: []string{"bbq"}, Licence: "CC BY 4.0", Home: "https://github.com/nyu-mll/BBQ",
			Note: "the eleven files of the folder data, one for each category", Place: "bbq/*.jsonl"},
		{Name: "cnn-dm", Suites: []string{"cnn_dm"}, Licence: "Apache-2.0", Home: "https://huggingface.co/datasets/abisee/cnn_dailymail",
			Note: "the test split of version 3.0.0 as JSON lines with article and highlights", Place: "cnn_dm/test.jsonl"},
		{Name: "wmt", Suites: []string{"wmt"}, Licence: "for research, see the source", Home: "https://www2.statmt.org",
			Note: "a test set of any two languages as JSON lines with source, reference, source_language and target_language, such as French", Place: "wmt/test.jsonl"},
		{Name: "wsc273", Suites: []string{"wsc"}, Licence: "CC BY 4.0", Home: "https://cs.nyu.edu/~davise/papers/WinogradSchemas/WS.html",
			Note: "its first 273 schemas as JSON lines with text, pronoun, pronoun_loc (the pronoun's place in text, in characters from 0), options (a list) and label (the index of the correct option), as wsc273 of Hugging Face's winograd_wsc has them; the file wsc273.txt with [MASK] in place of the pronoun can't be used", Place: "wsc/wsc273.jsonl"},
	}
}
