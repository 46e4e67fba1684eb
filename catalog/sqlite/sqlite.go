package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver

	"semblance/catalog/query"
	"semblance/internal/face"
	"semblance/internal/synthetic"
)

// database is the same library in SQLite, as somebody would make it who has a table of photos and one of faces with a column for
// each field that can be filtered by, and an index for each that a filter is likely to name.
type database struct {
	db     *sql.DB
	fields []*query.Field // of faces, in the order of their columns
}

// indexed are the columns with an index.
var indexed = []string{"emotion", "age", "gender", "ethnicity", "smile", "glasses", "hair", "unsure", "doubtful"}

func openDatabase(path string) (*database, error) {
	// As durable as the catalog: a transaction is on the disk when it has ended.
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=cache_size(-262144)")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	d := &database{db, query.FaceFields()}
	var columns []string
	for _, f := range d.fields {
		columns = append(columns, column(f.Name)+" INTEGER NOT NULL")
	}
	for _, statement := range []string{
		"CREATE TABLE IF NOT EXISTS photo (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, content BLOB NOT NULL, camera TEXT, taken INTEGER, rating INTEGER, flag INTEGER, label INTEGER)",
		"CREATE TABLE IF NOT EXISTS face (photo INTEGER NOT NULL REFERENCES photo, number INTEGER NOT NULL, " + strings.Join(columns, ", ") + ", PRIMARY KEY (photo, number)) WITHOUT ROWID",
	} {
		if _, err := db.ExecContext(context.Background(), statement); err != nil {
			return nil, errors.Join(err, db.Close())
		}
	}
	return d, nil
}

func column(field string) string { return "f_" + field }

// finish makes the indexes and the statistics by which SQLite chooses among them.
func (d *database) finish() error {
	for _, name := range indexed {
		if _, err := d.db.ExecContext(context.Background(), fmt.Sprintf("CREATE INDEX face_%s ON face (%s)", name, column(name))); err != nil {
			return err
		}
	}
	_, err := d.db.ExecContext(context.Background(), "ANALYZE")
	return err
}

// add adds photos in one transaction.
func (d *database) add(photos []synthetic.Photo) error {
	ctx := context.Background()
	tx, err := d.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // fails, rightly, once it was committed
	inPhoto, err := tx.PrepareContext(ctx, "INSERT INTO photo (path, content, camera, taken, rating, flag, label) VALUES (?, ?, ?, ?, ?, ?, ?)")
	if err != nil {
		return err
	}
	inFace, err := tx.PrepareContext(ctx, "INSERT INTO face VALUES (?, ?"+strings.Repeat(", ?", len(d.fields))+")")
	if err != nil {
		return err
	}
	var codes []int16
	for i := range photos {
		p := &photos[i]
		done, err := inPhoto.ExecContext(ctx, p.File.Path, p.ID[:], p.Meta.Camera(), p.Meta.Taken.Unix(), p.Marks.Rating, p.Marks.Flag, p.Marks.Label)
		if err != nil {
			return err
		}
		id, err := done.LastInsertId()
		if err != nil {
			return err
		}
		a := shown(p)
		for k := range a.Faces {
			codes = query.AppendCodes(codes[:0], a.Have, face.DefaultThresholds(), &a.Faces[k])
			values := []any{id, a.Faces[k].Number}
			for _, code := range codes {
				values = append(values, code)
			}
			if _, err := inFace.ExecContext(ctx, values...); err != nil {
				return err
			}
		}
	}
	return tx.Commit()
}

// shown is the analysis with what people said, as the catalog's rows are made of it.
func shown(p *synthetic.Photo) *face.Analysis {
	var edits face.Edits
	for number, name := range p.Names {
		_ = edits.Call(&p.Analysis, number, name) // there is such a face
	}
	p.Analysis.Round() // as the catalog does
	a := p.Analysis.Without(face.EthnicityClasses)
	return face.Apply(a, &edits)
}

// term is a condition of the search that is measured.
type term struct{ field, condition string }

// terms are those of the search text in main.go, with what the catalog does unasked: values that are unsure do not match.
func (d *database) terms() []term {
	return []term{
		{"emotion", fmt.Sprintf("f_emotion IN (%d, %d)", face.Happy, face.Sad) + d.sure("emotion")},
		{"age", "f_age BETWEEN 20 AND 39" + d.sure("age")},
		{"gender", fmt.Sprintf("f_gender = %d", face.Woman) + d.sure("gender")},
		{"smile", "f_smile = 1" + d.sure("smile")},
		{"doubtful", "f_doubtful = 0"},
	}
}

// sure is the condition that a field is sure.
func (d *database) sure(name string) string {
	for _, f := range d.fields {
		if bit, ok := f.Unsure(); ok && f.Name == name {
			return fmt.Sprintf(" AND f_unsure & %d = 0", 1<<bit)
		}
	}
	return ""
}

func where(terms []term, without string) string {
	all := []string{"1"}
	for _, t := range terms {
		if t.field != without {
			all = append(all, t.condition)
		}
	}
	return strings.Join(all, " AND ")
}

// found is what a search has found.
type found struct {
	photos, faces int
	counts        map[string]map[int]int // of each field, by code
}

// find searches: all photos that match, the first page of them, and the counts of every value of every field of faces.
func (d *database) find() (f found, err error) {
	ctx := context.Background()
	terms := d.terms()
	row := d.db.QueryRowContext(ctx, "SELECT COUNT(DISTINCT photo), COUNT(*) FROM face WHERE "+where(terms, ""))
	if err := row.Scan(&f.photos, &f.faces); err != nil {
		return f, err
	}
	page := "SELECT path, 0 FROM photo WHERE id IN (SELECT photo FROM face WHERE " + where(terms, "") + ") ORDER BY path LIMIT 100"
	if _, err := d.numbers(page); err != nil {
		return f, err
	}
	f.counts = map[string]map[int]int{}
	for _, field := range d.fields {
		if len(field.Values) == 0 {
			continue
		}
		counts, err := d.numbers(fmt.Sprintf("SELECT %[1]s, COUNT(*) FROM face WHERE %s%s GROUP BY %[1]s", column(field.Name), where(terms, field.Name), d.sure(field.Name)))
		if err != nil {
			return f, err
		}
		f.counts[field.Name] = counts
	}
	return f, nil
}

// numbers reads pairs; those that do not begin with a number are read and left out.
func (d *database) numbers(text string) (map[int]int, error) {
	rows, err := d.db.QueryContext(context.Background(), text)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	pairs := map[int]int{}
	for rows.Next() {
		var (
			key any
			n   int
		)
		if err := rows.Scan(&key, &n); err != nil {
			return nil, err
		}
		if k, ok := key.(int64); ok {
			pairs[int(k)] = n
		}
	}
	return pairs, rows.Err()
}

// fillDatabase makes a database of a library and returns how long that took.
func fillDatabase(path string, l *synthetic.Library) (took time.Duration, err error) {
	d, err := openDatabase(path)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, d.db.Close()) }()
	for from := 0; from < l.Photos(); from += batch {
		var photos []synthetic.Photo
		for n := from; n < min(from+batch, l.Photos()); n++ {
			photos = append(photos, l.Photo(n))
		}
		begun := time.Now()
		if err := d.add(photos); err != nil {
			return 0, err
		}
		took += time.Since(begun)
	}
	begun := time.Now()
	err = d.finish()
	return took + time.Since(begun), err
}
