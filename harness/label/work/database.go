package work

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// File is the database's name in a folder of labelling.
const File = "labels.db"

// version is that of the tables.
const version = 1

// tables are made once. Events are only appended: a labeler's answer to an item has the
// revisions 1, 2 and so on, and an undo is a revision without a judgement.
const tables = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE items (place INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, content TEXT NOT NULL) STRICT;
CREATE TABLE people (place INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, team TEXT NOT NULL, share REAL NOT NULL, token TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE assigned (labeler TEXT NOT NULL, place INTEGER NOT NULL, item TEXT NOT NULL, PRIMARY KEY (labeler, place), UNIQUE (labeler, item)) STRICT;
CREATE TABLE events (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, labeler TEXT NOT NULL, item TEXT NOT NULL, revision INTEGER NOT NULL,
	kind TEXT NOT NULL CHECK (kind IN ('answer', 'undo')), content TEXT NOT NULL, at TEXT NOT NULL, UNIQUE (labeler, item, revision)) STRICT;
CREATE TABLE sessions (hash TEXT PRIMARY KEY, name TEXT NOT NULL, at TEXT NOT NULL) STRICT;
PRAGMA user_version = 1;
`

// connect opens the database, or makes an empty one.
func connect(dir string) (*sql.DB, error) {
	path, err := filepath.Abs(filepath.Join(dir, File))
	if err != nil {
		return nil, err
	}
	pragmas := url.Values{"_pragma": {"journal_mode(WAL)", "synchronous(FULL)", "busy_timeout(5000)"}, "_txlock": {"immediate"}}
	db, err := sql.Open("sqlite", "file:"+url.PathEscape(filepath.ToSlash(path))+"?"+pragmas.Encode())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1) // writes take turns in any case
	var found int
	if err := db.QueryRow("PRAGMA user_version").Scan(&found); err != nil {
		return nil, errors.Join(fmt.Errorf("%s can't be read: %w; if it is damaged, restore it from a backup", path, err), db.Close())
	}
	if found > version {
		return nil, errors.Join(fmt.Errorf("%s has version %d, and this assay reads version %d; use a later assay", path, found, version), db.Close())
	}
	return db, nil
}

// made reports whether the database has its tables.
func made(db *sql.DB) bool {
	var found int
	return db.QueryRow("PRAGMA user_version").Scan(&found) == nil && found == version
}

// within runs work in a transaction.
func within(db *sql.DB, work func(tx *sql.Tx) error) error {
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	if err := work(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// each calls scan for each row of a query.
func each(db *sql.DB, query string, scan func(row *sql.Rows) error) error {
	found, err := db.Query(query)
	if err != nil {
		return err
	}
	defer found.Close()
	for found.Next() {
		if err := scan(found); err != nil {
			return err
		}
	}
	return found.Err()
}

// Full reports whether an error says that the disk is full.
func Full(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && e.Code()&0xff == sqlite3.SQLITE_FULL
}
