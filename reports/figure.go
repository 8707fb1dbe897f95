package reports

// Figure is a row (or grid) of panels under one legend, independent of any drawing
// library.
type Figure struct {
	ID      string // file name without extension: "truthfulqa"
	Title   string
	Caption string // how to read the figure: bars, error bars, n, baseline
	// Series names every colour once, in drawing order. A Line or Bar refers to it by
	// index, so a family has one colour in all panels and all figures.
	Series []Series
	// Under, when not empty, is the legend's name for the grey bars drawn behind.
	Under   string
	Columns int // panels in a row; 0 draws them all in one row
	Panels  []Panel
}

// Series is a legend entry. Color indexes the renderer's colour-blind safe
// palette, so that one family keeps its colour across figures.
type Series struct {
	Name  string
	Color int
}

// Mark says how a panel draws its points.
type Mark int

const (
	Bars   Mark = iota // grouped bars from zero
	Lines              // points joined within a series; x is ordered (model size)
	Dots               // points without lines; x is a list of names
	Curves             // curves over numbers, such as a loss over steps
)

// Panel is one set of axes. Its x axis is categorical (model sizes in ascending
// order, or model names), except for curves, whose x values are numbers.
type Panel struct {
	Title  string
	XLabel string
	YLabel string
	X      []string
	Mark   Mark
	Points []Point
	Curves []Curve // for Mark Curves, in place of X and Points
	// YMin and YMax fix the axis. If both are zero it fits the data (from zero, for
	// bars).
	YMin, YMax float64
	// Bands are ranges of Y drawn behind the points: what a rule allows. At most one
	// for each x.
	Bands []Band
	// Reference is a horizontal line, such as chance or "no difference".
	Reference *float64
}

// Point is a value with its 95% interval.
type Point struct {
	Series    int // index into Figure.Series
	X         int // index into Panel.X
	Y, Lo, Hi float64
	// Under is a second, larger quantity that contains this one, drawn as a grey bar
	// behind with its own error bar (truthful, behind truthful and informative).
	Under *Point
	// Hollow marks a point that differs in kind from the others (a published value
	// beside measured ones).
	Hollow bool
}

// Band is a range of Y at one x. A nil end is open.
type Band struct {
	X      int // index into Panel.X
	Lo, Hi *float64
}

// Curve is a line through points given by their numbers, with X ascending.
type Curve struct {
	Series int // index into Figure.Series
	X, Y   []float64
	// Path joins the points in their order, even if X is not ascending: how two
	// quantities changed over time.
	Path  bool
	Faint bool // drawn thin and light, behind the others: the noise around a mean
}
