package stats

import "fmt"

// SeparatedError says that the strengths of a Bradley-Terry model have no finite
// maximum: the players split into two groups, and Below took no point from Above.
type SeparatedError struct {
	Above, Below []int // players in ascending order; the two groups hold all players
	// Met is false when the two groups never met, so that nothing compares them.
	Met bool
}

// Error lists the players of both groups by number.
func (e *SeparatedError) Error() string {
	if !e.Met {
		return fmt.Sprintf("bradley-terry: players %v and %v never met", e.Above, e.Below)
	}
	return fmt.Sprintf("bradley-terry: players %v took no point from players %v", e.Below, e.Above)
}

// separated checks that the graph with an edge from i to j where i took points from
// j is strongly connected: player 0 must reach every player along the edges and
// against them. points[i][j] is what i scored against j.
func separated(points [][]float64) error {
	// The players that 0 reaches take points only from one another.
	reached := reach(points, func(from, to int) bool { return points[from][to] > 0 })
	if len(reached) < len(points) {
		return newSeparatedError(points, complement(reached, len(points)), reached)
	}
	// The players that reach 0 give points only to one another.
	reaching := reach(points, func(from, to int) bool { return points[to][from] > 0 })
	if len(reaching) < len(points) {
		return newSeparatedError(points, reaching, complement(reaching, len(points)))
	}
	return nil
}

func newSeparatedError(points [][]float64, above, below []int) *SeparatedError {
	met := false
	for _, i := range above {
		for _, j := range below {
			met = met || points[i][j] > 0
		}
	}
	return &SeparatedError{Above: above, Below: below, Met: met}
}

// reach lists in ascending order the players that 0 is connected to.
func reach(points [][]float64, edge func(from, to int) bool) []int {
	seen := make([]bool, len(points))
	seen[0] = true
	for frontier := []int{0}; len(frontier) > 0; {
		from := frontier[0]
		frontier = frontier[1:]
		for to := range points {
			if !seen[to] && edge(from, to) {
				seen[to] = true
				frontier = append(frontier, to)
			}
		}
	}
	var players []int
	for i, s := range seen {
		if s {
			players = append(players, i)
		}
	}
	return players
}

// complement lists the players below k that are not in the ascending list.
func complement(players []int, k int) []int {
	var rest []int
	for i := range k {
		if len(players) > 0 && players[0] == i {
			players = players[1:]
			continue
		}
		rest = append(rest, i)
	}
	return rest
}
