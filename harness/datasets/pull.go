package datasets

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"assay/harness/leaf/outfile"
	"assay/harness/leaf/plural"
)

// Puller downloads files.
type Puller struct {
	Client *http.Client
	// From is the address of a mirror with the layout of the folder of data. If it is
	// "", each file comes from its recorded source.
	From string
	// Force replaces files that differ from the record.
	Force bool
	// Stall is how long the server may send nothing before the download is aborted; 0
	// means no limit.
	Stall time.Duration
}

// CheckMirror refuses an address that can't be a mirror's, or that contains a
// password.
func CheckMirror(from string) error {
	u, err := url.Parse(from)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return errors.New("--from: give an address that starts with http:// or https://")
	case u.User != nil:
		return errors.New("--from: the address contains a user or a password; remove them")
	case u.RawQuery != "" || u.Fragment != "":
		return errors.New("--from: the address has a query or a fragment; give the address of a folder")
	}
	return nil
}

// Pull puts a file at its place below dir, and reports whether it had to be
// downloaded. The file is written beside its place under a hidden name and moved
// there if its size and sum are right. Otherwise nothing remains. Received bytes
// are written to progress too.
func (p Puller) Pull(ctx context.Context, dir string, f *File, progress io.Writer) (fetched bool, err error) {
	path := f.At(dir)
	state, what, err := f.Verify(ctx, dir, io.Discard)
	switch {
	case err != nil:
		return false, err
	case state == Present:
		return false, nil
	case state == Damaged && what == "not a file":
		return false, fmt.Errorf("%s is not a file; move it", path)
	case state == Damaged && !p.Force:
		return false, fmt.Errorf("%s differs from the record (%s); move it, or replace it with --force", path, what)
	}
	undo, err := outfile.MkdirAll(filepath.Dir(path))
	if err != nil {
		return false, fmt.Errorf("can't write to %s; choose another --data: %w", dir, err)
	}
	if err := p.fetch(ctx, path, f, progress); err != nil {
		undo()
		return true, err
	}
	return true, nil
}

// fetch writes the file.
func (p Puller) fetch(ctx context.Context, path string, f *File, progress io.Writer) error {
	to, err := outfile.Create(path)
	if err != nil {
		return fmt.Errorf("%w; choose another --data", err)
	}
	defer to.Abort()
	if err := p.download(ctx, to, f, progress); err != nil {
		return err
	}
	return to.Commit()
}

// address is where a file is downloaded from.
func (p Puller) address(f *File) string {
	if p.From == "" {
		return f.URL
	}
	return strings.TrimSuffix(p.From, "/") + "/" + f.Path
}

// download copies the file's bytes to w and checks them.
func (p Puller) download(ctx context.Context, w io.Writer, f *File, progress io.Writer) error {
	from := p.address(f)
	fault := func(format string, args ...any) error {
		return fmt.Errorf("%s: %w", from, fmt.Errorf(format, args...))
	}
	reading, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	watch := stallWatch(p.Stall, func() {
		stop(fmt.Errorf("the server sent nothing for %v; try again, or use another --from", p.Stall))
	})
	defer watch.stop()
	request, err := http.NewRequestWithContext(reading, http.MethodGet, from, nil)
	if err != nil {
		return fault("%w", err)
	}
	// The sum is of the file's own bytes, not compressed ones.
	request.Header.Set("Accept-Encoding", "identity")
	response, err := p.Client.Do(request)
	if err != nil {
		return p.broken(ctx, reading, fault, err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fault("the server answers %s; give a mirror with --from, or get the file yourself", response.Status)
	}
	if n := response.ContentLength; n >= 0 && n != f.Bytes {
		return fault("%s, but the record says %d: the source has another file now; use a mirror with --from", plural.Of(n, "byte"), f.Bytes)
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(w, sum, progress, watch), io.LimitReader(response.Body, f.Bytes+1))
	switch {
	case err != nil && errors.Is(err, io.ErrUnexpectedEOF):
		return fault("the server closed the connection after %d of %s; try again", n, plural.Of(f.Bytes, "byte"))
	case err != nil:
		return p.broken(ctx, reading, fault, err)
	case n < f.Bytes:
		return fault("only %d of %s arrived; try again", n, plural.Of(f.Bytes, "byte"))
	case n > f.Bytes:
		return fault("more than the record's %s: the source has another file now; use a mirror with --from", plural.Of(f.Bytes, "byte"))
	}
	if got := hexSum(sum); got != f.SHA256 {
		return fault("SHA-256 %s, but the record says %s: the source has another file now; use a mirror with --from", got, f.SHA256)
	}
	return nil
}

// broken says why a transfer ended: the caller's context, the stall, or the
// network.
func (p Puller) broken(ctx, reading context.Context, fault func(string, ...any) error, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if cause := context.Cause(reading); cause != nil {
		return fault("%w", cause)
	}
	if inner, ok := errors.AsType[*url.Error](err); ok { // the outer error would repeat the address
		err = inner.Err
	}
	if errors.Is(err, syscall.ECONNREFUSED) {
		err = errors.New("the connection was refused")
	}
	if p.From != "" {
		return fault("%w; try again, check the address of --from, or leave it out", err)
	}
	return fault("%w; try again, or give a mirror with --from", err)
}

// Client gives up on a server that doesn't answer in time. It follows redirects.
func Client() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout = time.Minute
	return &http.Client{Transport: transport}
}

// Size formats a number of bytes: "503.6 kB".
func Size(n int64) string {
	switch {
	case n >= 1e6:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	case n >= 1e3:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%d B", n)
}
