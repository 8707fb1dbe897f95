package seed_test

import (
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
	"math/rand/v2"
	"testing"

	"assay/harness/leaf/seed"
)

// What splitmix64.c (Vigna, prng.di.unimi.it) gives with x = 1234567.
var reference = []uint64{6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821}

func TestGenerator(t *testing.T) {
	g := seed.New(1234567)
	for i, want := range reference {
		if got := g.Uint64(); got != want {
			t.Errorf("output %d is %d, want %d", i, got, want)
		}
		if got := seed.Mix(1234567 + uint64(i+1)*seed.Golden); got != want {
			t.Errorf("Mix in state %d is %d, want %d", i, got, want)
		}
	}
	if got := seed.Next(1234567); got != reference[0] {
		t.Errorf("Next is %d, want %d", got, reference[0])
	}
	var zero seed.Generator
	if got, want := rand.New(&zero).Uint64(), seed.New(0).Uint64(); got != want {
		t.Errorf("the zero value gives %d, a generator of seed 0 gives %d", got, want)
	}
}

func TestAt(t *testing.T) {
	if got := seed.At(1234567); got != reference[0] {
		t.Errorf("without a place %d, want %d", got, reference[0])
	}
	step := seed.Golden // times numbers that wrap around
	if got, want := seed.At(7, 2, 5), seed.Mix(seed.Mix(seed.Next(7)+3*step)+6*step); got != want {
		t.Errorf("at 2, 5: %d, want %d", got, want)
	}
	seen := map[uint64][]int{}
	for s := range 4 {
		for a := range 40 {
			for b := range 40 {
				x := seed.At(uint64(s), a, b)
				if other, twice := seen[x]; twice {
					t.Fatalf("seed %d at %d, %d is that of %d", s, a, b, other)
				}
				seen[x] = []int{s, a, b}
			}
		}
	}
}

// One bit changed on the way in changes half of the bits on the way out.
func TestMixSpreads(t *testing.T) {
	g, changed := seed.New(1), 0
	const words = 1000
	for range words {
		x := g.Uint64()
		for bit := range 64 {
			changed += bits.OnesCount64(seed.Mix(x) ^ seed.Mix(x^1<<bit))
		}
	}
	if mean := float64(changed) / (64 * words); mean < 31.9 || mean > 32.1 {
		t.Errorf("%.3f of 64 bits change, want 32", mean)
	}
}

func TestText(t *testing.T) {
	sum := sha256.Sum256([]byte("abc")) // ba7816bf 8f01cfea ... in FIPS 180-4
	if got := seed.Text([]byte("abc")); got != 0xeacf018fbf1678ba || got != binary.LittleEndian.Uint64(sum[:8]) {
		t.Errorf("seed of abc is %x", got)
	}
}

func TestUnit(t *testing.T) {
	for x, want := range map[uint64]float64{0: 0, 1 << 63: 0.5, 1 << 62: 0.25, 1<<64 - 1: 1 - 1.0/(1<<53)} {
		if got := seed.Unit(x); got != want {
			t.Errorf("Unit(%x) = %g, want %g", x, got, want)
		}
	}
}
