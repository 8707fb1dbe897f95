package runstore

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"

	"assay/harness/leaf/plural"
)

// Memory is a Store for tests. Its zero value is empty and ready. Several
// goroutines may use it.
type Memory struct {
	mu      sync.Mutex
	streams map[string]*content
}

// content is what a name referred to when it was opened. A commit under the same
// name doesn't change it; appending does.
type content struct {
	store *Memory // its lock guards data
	data  []byte
}

// Path names the stream as being in memory.
func (m *Memory) Path(name string) string { return "memory:" + name }

// Open reads the stream.
func (m *Memory) Open(name string) (Stream, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, ok := m.streams[name]
	if !ok {
		return nil, fmt.Errorf("open %s: %w", m.Path(name), fs.ErrNotExist)
	}
	return &contentReader{content: c}, nil
}

// Append continues the stream after size bytes.
func (m *Memory) Append(name string, size int64) (Appending, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, ok := m.streams[name]
	if !ok {
		c = &content{store: m}
		m.put(name, c)
	}
	if size > int64(len(c.data)) {
		return nil, fmt.Errorf("append to %s after %s: it has %d", m.Path(name), plural.Of(size, "byte"), len(c.data))
	}
	c.data = c.data[:size:size]
	return &contentWriter{content: c}, nil
}

// Remove removes the stream.
func (m *Memory) Remove(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.streams, name)
	return nil
}

// Create collects bytes until commit.
func (m *Memory) Create(name string) (Pending, error) {
	return &pendingBytes{store: m, name: name}, nil
}

// put needs the lock.
func (m *Memory) put(name string, c *content) {
	if m.streams == nil {
		m.streams = map[string]*content{}
	}
	m.streams[name] = c
}

type contentReader struct {
	*content
	at int64
}

func (r *contentReader) Close() error { return nil }

func (r *contentReader) Read(p []byte) (int, error) {
	n, err := r.ReadAt(p, r.at)
	r.at += int64(n)
	if n > 0 {
		err = nil
	}
	return n, err
}

func (r *contentReader) ReadAt(p []byte, at int64) (int, error) {
	r.store.mu.Lock()
	defer r.store.mu.Unlock()
	if at >= int64(len(r.data)) {
		return 0, io.EOF
	}
	n := copy(p, r.data[at:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

type contentWriter struct {
	*content
	closed bool
}

func (w *contentWriter) Write(p []byte) (int, error) {
	if w.closed {
		return 0, errors.New("runstore: write to a stream that was closed")
	}
	w.store.mu.Lock()
	defer w.store.mu.Unlock()
	w.data = append(w.data, p...)
	return len(p), nil
}

func (w *contentWriter) Sync() error { return nil }

func (w *contentWriter) Close() error {
	w.closed = true
	return nil
}

type pendingBytes struct {
	bytes.Buffer
	store *Memory
	name  string
	done  bool
}

func (p *pendingBytes) Write(b []byte) (int, error) {
	if p.done {
		return 0, errors.New("runstore: write to a stream that has ended")
	}
	return p.Buffer.Write(b)
}

// WriteString is Write; without it io.WriteString would use the buffer's own.
func (p *pendingBytes) WriteString(s string) (int, error) { return p.Write([]byte(s)) }

func (p *pendingBytes) Commit() error {
	if p.done {
		return errors.New("runstore: commit of a stream that has ended")
	}
	p.done = true
	p.store.mu.Lock()
	defer p.store.mu.Unlock()
	p.store.put(p.name, &content{store: p.store, data: p.Bytes()})
	return nil
}

func (p *pendingBytes) Abort() error {
	p.done = true
	return nil
}
