package linear

import "assay/harness/leaf/logistic"

// Model gives the probability that something holds of a text. Several goroutines may use it.
type Model struct {
	Settings
	weights  []float32
	encoders chan *Encoder // those that no goroutine uses
}

// Settings are what a model's file says beside its weights.
type Settings struct {
	Kind     string   `json:"kind"` // what holds, such as toxicity
	Features Features `json:"features"`
	// The probability is the logistic function of Scale times the score plus Shift.
	Scale float64 `json:"scale"`
	Shift float64 `json:"shift"`
	// Contexts says that the texts in training had contexts, so the model compares.
	Contexts bool `json:"contexts"`
	// Known says in a sentence or two what the model was trained on, how well it does, and where it
	// fails. Reports show it beside the model's numbers.
	Known string `json:"known,omitempty"`
}

// keptEncoders is the number of encoders that a model keeps.
const keptEncoders = 64

// New makes a model of weights.
func New(s Settings, weights []float32) (*Model, error) {
	if err := s.check(len(weights)); err != nil {
		return nil, err
	}
	return &Model{Settings: s, weights: weights, encoders: make(chan *Encoder, keptEncoders)}, nil
}

// Probability is the probability that what the model knows about holds of a text.
func (m *Model) Probability(t Text) float64 {
	e := m.encoder()
	score := 0.0
	row := e.Encode(t)
	for i, at := range row.Index {
		score += float64(m.weights[at]) * float64(row.Value[i])
	}
	select {
	case m.encoders <- e:
	default:
	}
	return logistic.Of(m.Scale*score + m.Shift)
}

func (m *Model) encoder() *Encoder {
	select {
	case e := <-m.encoders:
		return e
	default:
		e, err := NewEncoder(m.Features)
		if err != nil {
			panic("linear: " + err.Error()) // New has checked them
		}
		return e
	}
}
