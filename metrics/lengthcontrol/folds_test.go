package lengthcontrol

import (
	"slices"
	"testing"
)

// scikit-learn 1.9.1: the number of the split in which each row is tested, for groups of several
// sizes, several of them equal:
//
//	GroupKFold(5).split(groups, groups, groups)
func TestFolds(t *testing.T) {
	for _, c := range []struct{ groups, want []int }{
		{[]int{0, 1, 1, 2, 2, 3, 3, 3, 4, 5, 6, 6}, []int{1, 3, 3, 2, 2, 0, 0, 0, 4, 4, 1, 1}},
		{[]int{0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 7, 7}, []int{0, 0, 0, 0, 4, 3, 2, 4, 3, 2, 1, 1, 1}},
	} {
		if got := foldsOf(c.groups); !slices.Equal(got, c.want) {
			t.Errorf("%v are in the folds %v, want %v", c.groups, got, c.want)
		}
	}
}
