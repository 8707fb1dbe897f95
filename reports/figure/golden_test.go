package figure

import (
	"bytes"
	"flag"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"assay/reports"
)

var update = flag.Bool("update", false, "rewrite the golden images")

// TestGoldenImages compares pixels, with some tolerance for another processor's
// rounding at the edges of shapes.
func TestGoldenImages(t *testing.T) {
	bars := truthfulness()
	bars.Panels = bars.Panels[:1]
	lines := alignmentTax()
	lines.Panels = lines.Panels[:1]
	for _, f := range []reports.Figure{bars, lines, winRates()} {
		name := filepath.Join("testdata", f.ID+".png")
		got := mustRender(t, f, PNG)
		if *update {
			if err := os.WriteFile(name, got, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if far := difference(t, decode(t, want), decode(t, got)); far > 0.001 {
			t.Errorf("%s: %.2f%% of the pixels differ", name, 100*far)
		}
	}
}

func decode(t *testing.T, b []byte) image.Image {
	t.Helper()
	m, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// difference is the share of pixels that differ by more than an eighth of the
// range in some channel.
func difference(t *testing.T, a, b image.Image) float64 {
	t.Helper()
	if a.Bounds() != b.Bounds() {
		t.Errorf("size %v, want %v", b.Bounds().Size(), a.Bounds().Size())
		return 1
	}
	n := 0
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			r0, g0, b0, _ := a.At(x, y).RGBA()
			r1, g1, b1, _ := b.At(x, y).RGBA()
			if max(r0, r1)-min(r0, r1) > 0x2000 || max(g0, g1)-min(g0, g1) > 0x2000 || max(b0, b1)-min(b0, b1) > 0x2000 {
				n++
			}
		}
	}
	return float64(n) / float64(a.Bounds().Dx()*a.Bounds().Dy())
}
