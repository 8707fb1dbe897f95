package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"assay/harness"
	"assay/harness/leaf/outfile"
	"assay/harness/leaf/plural"
	"assay/harness/prompts"
	"assay/harness/render"
	"assay/harness/terminal"
)

type prepareFlags struct {
	out     string
	format  string
	filter  string
	options prompts.Options
}

func newDataPrepare(c terminal.Console) *cobra.Command {
	f := prepareFlags{options: prompts.Defaults()}
	cmd := &cobra.Command{
		Use:   "prepare LOG.jsonl... -o DIR",
		Short: "Split a log of prompts into training, validation and test prompts",
		Long: `Prepare a log of prompts as the InstructGPT paper does (section 3.2 and appendix A):

  1. drop prompts that share a long prefix with an earlier one
  2. keep at most 200 prompts per user
  3. split by user, so that no user is in two splits
  4. drop prompts with personal data from the training split

DIR gets train.jsonl, validation.jsonl and test.jsonl. Rows are copied unchanged from
the log. The command also prints the tables of the paper's appendix A for which the log
has the data, and writes them to tables.md and tables.csv: use cases, prompts by split and
source, prompts per user, and lengths of prompts and demonstrations (mean, standard
deviation, quartiles).

A log is JSON lines or a JSON array, gzipped or not. The prompt of a row is the first of
these that the row has:

  "prompt"
  "instruction", followed by "input" or by the input of the first of "instances"
  the first of "turns"
  "chosen" without its last reply

The user is in "user" or "user_id", the source in "source", the category in "use_case" or
"category". The demonstration is the output of the first of "instances", or else in
"completion" or "output". If your log uses other names, give them with --prompt-field and
the other -field flags. Each row without a user counts as a separate user.

Personal data is recognised by its form: e-mail addresses; card numbers and IBANs with
correct check digits; US social security numbers; IP addresses; phone numbers with + or
in North American form. Names, postal addresses, dates of birth, user names and other
numbers are not recognised, so read a sample before you share any prompts.`,
		Example: `  assay data prepare log.jsonl -o prompts
  assay data prepare log.jsonl -o prompts --most 50 --prefix 200 --pii all
  assay data prepare hh-rlhf/test.jsonl.gz -o prompts --format csv
  assay data prepare log.jsonl -o prompts --tokenizer gpt/model --format md
  assay data prepare log.jsonl -o prompts --prompt-field question --user-field customer`,
		Args: atLeast(1, "data prepare needs a log of prompts"),
		RunE: func(cmd *cobra.Command, args []string) error { return prepareData(cmd.Context(), c, args, f) },
	}
	o := &f.options
	flags := cmd.Flags()
	flags.StringVarP(&f.out, "out", "o", "", "folder to write (required)")
	flags.IntVar(&o.Prefix, "prefix", o.Prefix, "prompts that share this many leading characters are duplicates; 0 keeps duplicates")
	flags.IntVar(&o.Most, "most", o.Most, "prompts to keep per user; 0 keeps all")
	flags.Float64Var(&o.Validation, "validation", o.Validation, "share of users in the validation split")
	flags.Float64Var(&o.Test, "test", o.Test, "share of users in the test split")
	inRange(flags, "[0,1000000]", "prefix")
	inRange(flags, "[0,]", "most")
	inRange(flags, "[0,1)", "validation", "test")
	flags.Uint64Var(&o.Seed, "seed", 0, "seed of the split by user")
	flags.StringVar(&f.filter, "pii", string(o.Filter), "splits to filter for personal data: train, all or off")
	flags.StringVar(&o.Fields.Prompt, "prompt-field", "", "member that holds the prompt (default: see above)")
	flags.StringVar(&o.Fields.User, "user-field", "", "member that holds the user (default: see above)")
	flags.StringVar(&o.Fields.Source, "source-field", "", "member that holds the source (default: source)")
	flags.StringVar(&o.Fields.Category, "category-field", "", "member that holds the category (default: see above)")
	flags.StringVar(&o.Fields.Demonstration, "demonstration-field", "", "member that holds the demonstration (default: see above)")
	flags.StringVar(&o.Tokenizer, "tokenizer", "", "folder of a tokenizer, to count lengths in its tokens (default: in characters)")
	addFormat(flags, &f.format)
	return cmd
}

func prepareData(ctx context.Context, c terminal.Console, logs []string, f prepareFlags) (err error) {
	if f.out == "" {
		return errors.New("data prepare needs -o DIR, the folder to write; see 'assay data prepare --help'")
	}
	if err := oneOf("format", f.format, render.Formats()...); err != nil {
		return err
	}
	if err := oneOf("pii", f.filter, string(prompts.FilterTrain), string(prompts.FilterAll), string(prompts.FilterOff)); err != nil {
		return err
	}
	f.options.Filter = prompts.Filter(f.filter)
	if err := f.options.Check(); err != nil {
		return fmt.Errorf("--%w", err)
	}
	sources, size, err := harness.FileSources(logs)
	if err != nil {
		return err
	}
	staged, err := outfile.CreateFresh(f.out, prompts.File, "is not empty; choose another -o, or remove the folder")
	if err != nil {
		return err
	}
	defer staged.End(&err)
	bar := terminal.NewBar(c.Err, "prepare", size, true)
	report, err := prompts.Prepare(ctx, logs, staged.Dir(), f.options, bar)
	bar.Finish()
	if err != nil {
		return err
	}
	if n := report.Steps.WithoutUser; n > 0 {
		c.Notice("%d of %s without a user; each such prompt counts as a separate user, so one person's prompts may be in two splits", n, plural.Of(report.Steps.Read, "prompt"))
	}
	report.Logs = sources
	if err := report.Save(staged.Dir()); err != nil {
		return err
	}
	if err := staged.Commit(); err != nil {
		return err
	}
	return render.Results{Tables: report.Tables(), Long: report.Long(), Record: report}.Print(c.Out, f.format, c.Color())
}
