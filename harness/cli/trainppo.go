package cli

import (
	"github.com/spf13/cobra"

	"assay/harness/plan"
	"assay/harness/terminal"
	"assay/harness/training"
	"assay/harness/training/ppo"
)

func newTrainPPO(c terminal.Console) *cobra.Command {
	var f trainFlags
	cmd := &cobra.Command{
		Use:   "ppo CONFIG.yaml -o DIR",
		Short: "Fine-tune against a reward model with PPO, with or without a pretraining mix",
		Long: `Fine-tune a model with proximal policy optimisation, as in Ouyang et al. 2022 (section
3.5). Each iteration samples responses from the policy, scores them with a reward model
('assay train reward'), penalises their KL divergence from the SFT model, and updates the
policy. A ptx_coef above 0 mixes in pretraining gradients: PPO-ptx. A configuration:

  preset: small                      # or paper
  init: sft/model
  reward_model: reward/model
  data: {prompts: [prompts.jsonl], text: [text.txt]}   # {"prompt": "..."}; text for the pretraining mix
  iterations: 150
  kl: {kl_coef: 0.15}
  pretraining: {ptx_coef: 1}

Every iteration records reward, KL, entropy, response length, share of responses
without an end, clip fraction, value loss and more; 'assay report DIR -o curves'
draws them.`,
		Example: `  assay train ppo ppo.yaml -o ppo
  assay generate ppo/model "write about nora .\n" --stop "\n"`,
		Args: exactly(1, "train ppo needs one configuration"),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := plan.ReadPPO(args[0])
			if err != nil {
				return err
			}
			files, err := ppo.Open(p, f.finder(args[0]))
			if err != nil {
				return err
			}
			return f.train(cmd.Context(), c, plan.PPOKind, args[0], func(folder *training.Folder) (*training.Job, error) {
				return ppo.New(p, files, folder)
			})
		},
	}
	f.add(cmd, dryMeasures)
	listFields(cmd, plan.PPOFile)
	return cmd
}
