package network

import (
	"fmt"

	"assay/harness/leaf/plural"
	"assay/models/bpe"
	"assay/models/gpt"
)

// SameTokenizer returns an error unless a policy and a model that reads what it writes have
// the same tokenizer, token by token. policy and other name their folders.
func SameTokenizer(policy string, a *bpe.Tokenizer, other string, b *bpe.Tokenizer) error {
	if err := bpe.Difference(policy, a, other, b); err != nil {
		return fmt.Errorf("the policy and another of its models have different tokenizers: %w; train the reward model, and any reference, from the same pretrained model as the policy", err)
	}
	return nil
}

// RewardedRoom is how many tokens a prompt may have if a response of so many follows it: in the
// contexts of the policy and of others that read what it writes, and in the reward model's with
// an end behind the response.
func RewardedRoom(response int, reward, policy *gpt.Model, others ...*gpt.Model) (int, error) {
	context := reward.Config().MaxPositionEmbeddings - 1
	for _, net := range append(others, policy) {
		context = min(context, net.Config().MaxPositionEmbeddings)
	}
	if response >= context {
		return 0, fmt.Errorf("responses of %s leave no room for a prompt within %d; write fewer", plural.Of(response, "token"), context)
	}
	return context - response, nil
}
