package work

import (
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/go-json-experiment/json"

	"assay/harness/label"
	"assay/harness/leaf/outfile"
	"assay/harness/plan"
	"assay/harness/runstore"
)

// Settings are what a plan says about the work as a whole.
type Settings struct {
	Plan          string         `json:"plan"` // as JSON, by which a changed plan is seen
	Seed          uint64         `json:"seed"`
	Form          plan.LabelForm `json:"form"`
	TooFast       float64        `json:"too_fast"` // seconds
	ScreeningPass float64        `json:"screening_pass"`
	Instructions  string         `json:"instructions"` // Markdown
	From          int            `json:"from"`         // number of items that could be drawn
	Left          int            `json:"left"`         // number of prompts left out
}

// Exists reports whether a folder holds labelling in progress.
func Exists(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, File))
	return err == nil
}

// CheckFolder refuses a folder in which labelling can't begin, because it has other files or is none.
func CheckFolder(dir string) error {
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 && !onlyOurs(entries) {
		return fmt.Errorf("%s exists and holds other files; choose another -o", dir)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is not a folder; choose another -o", dir)
	}
	return nil
}

// Create begins labelling in a folder. links are the secrets of the labelers' links by name, the
// lead's too; only their hashes are kept.
func Create(dir string, s Settings, items []*label.Item, assigned []*label.Assigned) (w *Work, links map[string]string, err error) {
	if err := CheckFolder(dir); err != nil {
		return nil, nil, err
	}
	if _, err := outfile.MkdirAll(dir); err != nil {
		return nil, nil, err
	}
	lock, db, err := hold(dir)
	if err != nil {
		return nil, nil, err
	}
	links = map[string]string{}
	err = within(db, func(tx *sql.Tx) error { return fill(tx, s, items, assigned, links) })
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("%s can't be written: %w", dir, err), db.Close(), lock.Unlock())
	}
	w, err = load(dir, lock, db)
	return w, links, err
}

// onlyOurs reports whether a folder has nothing but what an interrupted start left.
func onlyOurs(entries []os.DirEntry) bool {
	for _, e := range entries {
		switch e.Name() {
		case File, File + "-wal", File + "-shm", runstore.LockFile:
		default:
			return false
		}
	}
	return true
}

func fill(tx *sql.Tx, s Settings, items []*label.Item, assigned []*label.Assigned, links map[string]string) error {
	if _, err := tx.Exec(tables); err != nil {
		return err
	}
	settings, err := json.Marshal(s)
	if err != nil {
		return err
	}
	for name, value := range map[string]string{settingsName: string(settings), secretName: secret()} {
		if _, err := tx.Exec("INSERT INTO meta VALUES (?, ?)", name, value); err != nil {
			return err
		}
	}
	for i, it := range items {
		content, err := json.Marshal(it)
		if err != nil {
			return fmt.Errorf("item of example %s: %w", it.Example, err)
		}
		if _, err := tx.Exec("INSERT INTO items VALUES (?, ?, ?)", i, it.ID, string(content)); err != nil {
			return err
		}
	}
	for i, a := range assigned {
		if err := admit(tx, i, a.Labeler, links); err != nil {
			return err
		}
		for k, it := range a.Items {
			if _, err := tx.Exec("INSERT INTO assigned VALUES (?, ?, ?)", a.Name, k, it.ID); err != nil {
				return err
			}
		}
	}
	return admit(tx, len(assigned), label.Labeler{Name: plan.Lead, Group: Adjudicated}, links)
}

// Names in the table meta.
const (
	settingsName = "settings"
	secretName   = "secret"
)

// Adjudicated is the group of the lead's own labels, which settle a disagreement.
const Adjudicated = "adjudicated"

func admit(tx *sql.Tx, place int, l label.Labeler, links map[string]string) error {
	links[l.Name] = secret()
	_, err := tx.Exec("INSERT INTO people VALUES (?, ?, ?, ?, ?)", place, l.Name, l.Group, l.Share, hash(links[l.Name]))
	return err
}

// secret is a text that nobody can guess.
func secret() string {
	var b [24]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
