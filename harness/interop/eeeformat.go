package interop

import (
	"github.com/go-json-experiment/json/jsontext"
)

// EEELog is an aggregate file, as far as assay reads and writes it.
type EEELog struct {
	SchemaVersion string       `json:"schema_version"`
	EvaluationID  string       `json:"evaluation_id"`
	Retrieved     string       `json:"retrieved_timestamp"`
	Source        EEESource    `json:"source_metadata"`
	Library       EEELibrary   `json:"eval_library"`
	Model         EEEModel     `json:"model_info"`
	Results       []EEEResult  `json:"evaluation_results"`
	Details       *EEEDetailed `json:"detailed_evaluation_results,omitempty"`
}

// EEESource says who evaluated.
type EEESource struct {
	Name         string `json:"source_name,omitempty"`
	Type         string `json:"source_type"`
	Organization string `json:"source_organization_name"`
	Relationship string `json:"evaluator_relationship"`
}

// EEELibrary is the program that evaluated.
type EEELibrary struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// EEEModel is the model.
type EEEModel struct {
	Name       string            `json:"name"`
	ID         string            `json:"id"`
	Developer  string            `json:"developer,omitempty"`
	Additional map[string]string `json:"additional_details,omitempty"`
}

// EEEResult is one aggregate: a metric of an evaluation.
type EEEResult struct {
	ID         string     `json:"evaluation_result_id,omitempty"`
	Name       string     `json:"evaluation_name"`
	Data       EEEData    `json:"source_data"`
	Metric     EEEMetric  `json:"metric_config"`
	Score      EEEScore   `json:"score_details"`
	Generation *EEEParams `json:"generation_config,omitempty"`
}

// EEEData is the data set.
type EEEData struct {
	Name string `json:"dataset_name"`
	Type string `json:"source_type"`
}

// EEEMetric defines a metric.
type EEEMetric struct {
	ID            string            `json:"metric_id,omitempty"`
	Name          string            `json:"metric_name,omitempty"`
	LowerIsBetter bool              `json:"lower_is_better"`
	ScoreType     string            `json:"score_type,omitempty"`
	Min           jsontext.Value    `json:"min_score,omitempty"` // a number; some write "infinity"
	Max           jsontext.Value    `json:"max_score,omitempty"`
	Additional    map[string]string `json:"additional_details,omitempty"`
}

// EEEScore is an aggregate's value.
type EEEScore struct {
	Score       float64           `json:"score"`
	Details     map[string]string `json:"details,omitempty"`
	Uncertainty *EEEUncertainty   `json:"uncertainty,omitempty"`
}

// EEEUncertainty is its uncertainty.
type EEEUncertainty struct {
	SE       *EEEError    `json:"standard_error,omitempty"`
	Interval *EEEInterval `json:"confidence_interval,omitempty"`
	N        int          `json:"num_samples"`
}

// EEEError is a standard error.
type EEEError struct {
	Value  float64 `json:"value"`
	Method string  `json:"method,omitempty"`
}

// EEEInterval is a confidence interval.
type EEEInterval struct {
	Lower  float64 `json:"lower"`
	Upper  float64 `json:"upper"`
	Level  float64 `json:"confidence_level"`
	Method string  `json:"method,omitempty"`
}

// EEEParams are the parameters of requests.
type EEEParams struct {
	Additional map[string]string `json:"additional_details,omitempty"`
}

// EEEDetailed points to the instances.
type EEEDetailed struct {
	Format    string `json:"format"`
	Path      string `json:"file_path"`
	Algorithm string `json:"hash_algorithm"`
	Checksum  string `json:"checksum"`
	Rows      int    `json:"total_rows"`
}

// EEESample is an instance: one score of one answer.
type EEESample struct {
	SchemaVersion   string            `json:"schema_version"`
	EvaluationID    string            `json:"evaluation_id"`
	ModelID         string            `json:"model_id"`
	Name            string            `json:"evaluation_name"`
	ResultID        string            `json:"evaluation_result_id,omitempty"`
	SampleID        string            `json:"sample_id"`
	SampleHash      string            `json:"sample_hash,omitempty"`
	InteractionType string            `json:"interaction_type"`
	Input           EEEInput          `json:"input"`
	Output          *EEEOutput        `json:"output"`
	Messages        []EEEMessage      `json:"messages,omitempty"`
	Attribution     []EEEAttribution  `json:"answer_attribution"`
	Evaluation      EEEEvaluation     `json:"evaluation"`
	Error           string            `json:"error,omitempty"`
	Metadata        map[string]string `json:"metadata,omitempty"`
}

// EEEInput is what was asked.
type EEEInput struct {
	Raw       string   `json:"raw"`
	Reference []string `json:"reference"`
	Choices   []string `json:"choices,omitempty"`
}

// EEEOutput is the answer.
type EEEOutput struct {
	Raw []string `json:"raw"`
}

// EEEMessage is a message of a conversation.
type EEEMessage struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// EEEAttribution says from where the answer was taken.
type EEEAttribution struct {
	Turn     int    `json:"turn_idx"`
	Source   string `json:"source"`
	Value    string `json:"extracted_value"`
	Method   string `json:"extraction_method"`
	Terminal bool   `json:"is_terminal"`
}

// EEEEvaluation is the score.
type EEEEvaluation struct {
	Score   float64 `json:"score"`
	Correct bool    `json:"is_correct"`
}
