// Package toxicity queries services over HTTP for the toxicity of a text: Perspective, OpenAI-shaped
// moderation, and text-classification servers. Each is a [models.Rewarder] that returns one number from 0 to
// 1. What the number means is up to the service and differs between services.
package toxicity

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"

	"assay/models"
	"assay/models/remote"
)

// Service is the shape of a service's requests and answers.
type Service string

const (
	// Perspective is Jigsaw's comments:analyze
	// (developers.perspectiveapi.com/s/about-the-api-methods): the summary score of
	// TOXICITY, the probability that a reader finds a comment toxic. Its key is
	// the query parameter "key".
	Perspective Service = "perspective"
	// Moderation is POST moderations of OpenAI's API
	// (platform.openai.com/docs/api-reference/moderations): the greatest of the
	// categories' scores. It differs from Perspective's toxicity: the categories are a usage
	// policy's, and figures of the two can't be compared.
	Moderation Service = "moderation"
	// Classifier is a server of one text classification model, such as
	// text-embeddings-inference's POST /predict (huggingface.github.io/
	// text-embeddings-inference) and Hugging Face's inference servers: the score of
	// one label.
	Classifier Service = "classifier"
)

// Services returns all services.
func Services() []Service { return []Service{Perspective, Moderation, Classifier} }

// Config says where a service is and which of its scores counts.
type Config struct {
	Remote  remote.Config // its endpoints, with the key in Header or Query
	Service Service
	// Path of the requests below the endpoint; "" is the service's default:
	// "v1alpha1/comments:analyze", "moderations", "predict". "/" posts to the
	// endpoint itself.
	Path  string
	Model string // a moderation's model; "" leaves it to the server
	Label string // the classifier's label whose score counts, such as "toxic"
	// Categories are those whose greatest score counts: Perspective's attributes
	// (nil is TOXICITY) or a moderation's categories (nil is harassment and hate,
	// both also threatening).
	Categories []string
}

// Client queries one service. It is safe for concurrent use.
type Client struct {
	config Config
	remote *remote.Client
}

// New checks a configuration; it sends nothing. Errors are one line with a remedy.
func New(c Config) (*Client, error) {
	if err := c.fill(); err != nil {
		return nil, err
	}
	client, err := remote.New(c.Remote)
	if err != nil {
		return nil, err
	}
	return &Client{config: c, remote: client}, nil
}

// fill checks that the settings fit together, and fills in defaults.
func (c *Config) fill() error {
	var path string
	var categories []string
	switch c.Service {
	case Perspective:
		path, categories = "v1alpha1/comments:analyze", []string{"TOXICITY"}
	case Moderation:
		path, categories = "moderations", []string{"harassment", "harassment/threatening", "hate", "hate/threatening"}
	case Classifier:
		path = "predict"
	default:
		return fmt.Errorf("unknown toxicity service %q; use one of %q", c.Service, Services())
	}
	switch {
	case c.Service == Classifier && c.Label == "":
		return errors.New("the classifier has no label; name the label whose score counts, such as toxic")
	case c.Service == Classifier && c.Categories != nil:
		return errors.New("a classifier takes no categories; name its label")
	case c.Service != Classifier && c.Label != "":
		return fmt.Errorf("%s takes no label; name categories", c.Service)
	case c.Service != Moderation && c.Model != "":
		return fmt.Errorf("%s takes no model; remove the model", c.Service)
	case slices.Contains(c.Categories, ""):
		return errors.New("a category has no name; name it or remove it")
	}
	if c.Path == "" {
		c.Path = path
	}
	if len(c.Categories) == 0 {
		c.Categories = categories
	}
	return nil
}

// Reward returns the score of the request's prompt, 0 to 1, as the answer's only score. A text of white space
// is not sent, since no service scores it: the error is a *[remote.Failure]. Other errors are those of
// [remote.Client.Post].
func (c *Client) Reward(ctx context.Context, r models.Request) (models.Answer, error) {
	if err := Scorable(r.Prompt); err != nil {
		return models.Answer{}, err
	}
	body, err := json.Marshal(c.config.question(r.Prompt), json.Deterministic(true))
	if err != nil {
		return models.Answer{}, err
	}
	var score float64
	err = c.remote.Post(ctx, c.config.Path, body, len(r.Prompt)/4+1, func(answer []byte) error {
		s, err := c.config.read(answer)
		score = s
		return err
	})
	if err != nil {
		return models.Answer{}, err
	}
	return models.Answer{Scores: []float64{score}}, nil
}

// Scorable refuses a text of white space, which no service scores, and bytes that are no text. The error is a
// *[remote.Failure].
func Scorable(text string) error {
	switch {
	case strings.TrimSpace(text) == "":
		return &remote.Failure{Reason: "the text is empty"}
	case !utf8.ValidString(text):
		return &remote.Failure{Reason: "the text is not UTF-8"}
	}
	return nil
}

// Stats counts the requests so far.
func (c *Client) Stats() remote.Stats { return c.remote.Stats() }

// Close ends idle connections.
func (c *Client) Close() { c.remote.Close() }

// Probe checks at no cost that something answers at the endpoint. It ignores what the answer says, since
// services have no route for it. The error is one line.
func (c *Client) Probe(ctx context.Context) error {
	_, err := c.remote.Get(ctx, "")
	if failure, ok := errors.AsType[*remote.Failure](err); ok && failure.Status != 0 {
		return nil
	}
	return err
}
