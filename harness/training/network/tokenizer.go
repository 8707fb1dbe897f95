package network

import (
	"fmt"

	"assay/models/bpe"
	"assay/models/gpt"
)

// SameTokenizer returns an error unless a policy and the reward model that scores its
// responses have the same tokenizer, token by token. policy and reward name their folders.
func SameTokenizer(policy string, a *bpe.Tokenizer, reward string, b *bpe.Tokenizer) error {
	if err := bpe.Difference(policy, a, reward, b); err != nil {
		return fmt.Errorf("policy and reward model have different tokenizers: %w; train the reward model from this policy's own model (init), or name the policy that it was trained from", err)
	}
	return nil
}

// RewardedRoom is how many tokens a prompt may have if a response of so many follows it, in
// the policy's context, and in the reward model's with an end behind the response.
func RewardedRoom(policy, reward *gpt.Model, response int) (int, error) {
	context := min(policy.Config().MaxPositionEmbeddings, reward.Config().MaxPositionEmbeddings-1)
	if response >= context {
		return 0, fmt.Errorf("responses of %d tokens leave no room for a prompt within %d; write fewer", response, context)
	}
	return context - response, nil
}
