package yamlstruct

// nearest is the key that a misspelt one may mean: at most two letters differ, and fewer
// than half.
func nearest(name string, keys []string) string {
	best, least := "", min(3, (len(name)+1)/2)
	for _, key := range keys {
		if n := distance(name, key); n < least {
			best, least = key, n
		}
	}
	return best
}

// distance is the number of letters to insert, remove or replace between two texts.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := last
			if a[i] != b[j] {
				cost++
			}
			last = row[j+1]
			row[j+1] = min(cost, last+1, row[j]+1)
		}
	}
	return row[len(b)]
}
