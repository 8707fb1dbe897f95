package judge

import (
	"slices"
	"testing"

	"assay/fixtures/world"
)

// Rankings are of 4 to 9 responses, only by labelers of the group, and depend on the
// seed only in who ranks what.
func TestCompare(t *testing.T) {
	town, prompts := town(t)
	group := training(t)
	p := &prompts[0]
	var responses []world.Response
	for k := range 12 {
		other := *p
		other.ID += string(rune('a' + k))
		responses = append(responses, world.Response{Text: town.World.Demonstrate(&other, 0.5), Ended: true})
	}
	who := map[string]int{}
	sizes := map[int]float64{}
	for seed := range uint64(300) {
		rows, shown := town.Rank(p, responses, group, 1, 9, seed)
		if len(rows) != 1 || len(rows[0].Responses) != len(shown) || len(rows[0].Ranks) != len(shown) {
			t.Fatalf("%d rows, %d shown", len(rows), len(shown))
		}
		sizes[len(shown)]++
		who[rows[0].Labeler]++
		again, _ := town.Rank(p, responses, group, 1, 9, seed)
		if !slices.Equal(again[0].Ranks, rows[0].Ranks) || again[0].Labeler != rows[0].Labeler {
			t.Fatal("another ranking, asked again")
		}
		for a := range shown { // equal texts are tied
			for b := range shown {
				if shown[a].Response == shown[b].Response && rows[0].Ranks[a] != rows[0].Ranks[b] {
					t.Errorf("%q has ranks %d and %d", shown[a].Response.Text, rows[0].Ranks[a], rows[0].Ranks[b])
				}
			}
		}
	}
	if len(who) != 5 {
		t.Errorf("300 seeds give work to %v", who)
	}
	// K is uniform from 4 to 9: scipy.stats.chi2.isf(1e-4, 5) is 25.7.
	x := 0.0
	for k := 4; k <= 9; k++ {
		x += (sizes[k] - 50) * (sizes[k] - 50) / 50
	}
	if x > 25.7 || len(sizes) != 6 {
		t.Errorf("numbers of ranked responses: %v, chi square %.1f", sizes, x)
	}
	for most, want := range map[int]int{4: 4, 6: 6} {
		largest := 0
		for seed := range uint64(60) {
			_, shown := town.Rank(p, responses, group, 1, most, seed)
			largest = max(largest, len(shown))
		}
		if largest != want {
			t.Errorf("at most %d: %d are ranked", most, largest)
		}
	}
	rows, _ := town.Rank(p, responses[:4], group, 5, 9, 0)
	if len(rows) != 5 || len(rows[0].Responses) != 4 {
		t.Errorf("all five labelers: %d rows", len(rows))
	}
}
