package table

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"os"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"assay/harness/leaf/ordered"
	"assay/harness/leaf/place"
	"assay/harness/leaf/plural"
)

// eachParquet passes on the rows of a Parquet file. A damaged file is an error, however the
// library finds out.
func eachParquet(file string, f *os.File, most int, each func(Row) error) (err error) {
	n := 0
	var own error // of each
	defer func() {
		if fault := recover(); fault != nil {
			err = place.Errorf(file, n+1, "damaged Parquet file; get the complete file")
		}
		if own != nil {
			err = own
		}
	}()
	info, err := f.Stat()
	if err != nil {
		return place.At(file, 0, err)
	}
	if err := audit(f, info.Size(), most); errors.Is(err, errTruths) || errors.Is(err, errLZ4) {
		return place.Within(file, 0, err)
	} else if err != nil {
		return place.Errorf(file, 0, "no Parquet file, or a damaged one: %w; get the complete file", err)
	}
	p, err := parquet.OpenFile(f, info.Size(), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return place.Errorf(file, 0, "no Parquet file: %v; get the complete file", err)
	}
	leaves, err := leavesOf(p.Metadata().Schema)
	if err != nil {
		return place.Within(file, 0, err)
	}
	columns, err := node(p.Root(), 0, leaves, new(int))
	if err != nil {
		return place.Within(file, 0, err)
	}
	for _, group := range p.RowGroups() {
		if group.NumRows() == 0 { // its columns have no pages, and were not audited
			continue
		}
		in := group.Rows()
		buffer := make([]parquet.Row, 64)
		for {
			got, err := in.ReadRows(buffer)
			for _, row := range buffer[:got] {
				n++
				if len(row) > most/16 {
					in.Close()
					return place.Errorf(file, n, "a row of more than %s", plural.Of(most/16, "value"))
				}
				d, err := columns.row(row)
				if err != nil {
					in.Close()
					return place.Errorf(file, n, "row %d: %w", n, err)
				}
				if own = place.Within(file, n, each(Row{Dict: d, File: file, Line: n})); own != nil {
					in.Close()
					return own
				}
			}
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				in.Close()
				return place.Errorf(file, n+1, "damaged Parquet file: %v; get the complete file", err)
			}
			if got == 0 {
				break
			}
		}
		in.Close()
	}
	return nil
}

// column is a node of a Parquet schema, as rows are assembled from it (Melnik et al. 2010,
// "Dremel", section 4.3).
type column struct {
	name               string
	optional, repeated bool
	list, dict         bool // annotated as LIST or MAP
	leaf               func(parquet.Value) any
	fields             []*column
	first, last        int // its leaves are columns first to last-1
}

// node is a node of a schema. leaves are all columns that have values, of which next is the node's first.
func node(n parquet.Node, depth int, leaves []leafColumn, next *int) (*column, error) {
	if depth > mostDepth {
		return nil, errors.New("too many levels of nesting")
	}
	c := &column{optional: n.Optional(), repeated: n.Repeated(), first: *next}
	if n.Leaf() {
		if *next == len(leaves) {
			return nil, errors.New("its schema has more columns than it says")
		}
		c.leaf = leafOf(n.Type(), leaves[*next].SchemaElement)
		*next++
		c.last = *next
		return c, nil
	}
	if t := n.Type().LogicalType(); t != nil {
		_, c.list = t.Value.(*format.ListType)
		_, c.dict = t.Value.(*format.MapType)
	}
	names := map[string]bool{}
	for _, f := range n.Fields() {
		if names[f.Name()] {
			return nil, fmt.Errorf("column %q appears twice; remove one of the two", f.Name())
		}
		names[f.Name()] = true
		field, err := node(f, depth+1, leaves, next)
		if err != nil {
			return nil, err
		}
		field.name = f.Name()
		c.fields = append(c.fields, field)
	}
	c.last = *next
	c.list = c.list && len(c.fields) == 1 && c.fields[0].repeated
	c.dict = c.dict && len(c.fields) == 1 && c.fields[0].repeated && len(c.fields[0].fields) == 2
	return c, nil
}

// row assembles a row from its values.
func (c *column) row(values parquet.Row) (*ordered.Dict, error) {
	columns := make([][]parquet.Value, c.last)
	for start := 0; start < len(values); {
		at, end := values[start].Column(), start+1
		for end < len(values) && values[end].Column() == at {
			end++
		}
		if at < 0 || at >= len(columns) {
			return nil, errors.New("a value of an unknown column")
		}
		columns[at] = values[start:end]
		start = end
	}
	for i, values := range columns {
		if len(values) == 0 {
			return nil, fmt.Errorf("no value in column %d", i+1)
		}
	}
	d := &ordered.Dict{}
	for _, f := range c.fields {
		v, err := f.value(columns[f.first:f.last], 0, 0)
		if err != nil {
			return nil, err
		}
		d.Set(f.name, v)
	}
	return d, nil
}

// value assembles what columns hold below a definition and a repetition level.
func (c *column) value(columns [][]parquet.Value, def, rep int) (any, error) {
	switch {
	case len(columns) == 0:
		return nil, nil
	case c.repeated:
		return c.elements(columns, def+1, rep+1)
	case c.optional:
		if def++; columns[0][0].DefinitionLevel() < def {
			return nil, nil
		}
	}
	return c.content(columns, def, rep)
}

// elements assembles a repeated node.
func (c *column) elements(columns [][]parquet.Value, def, rep int) (any, error) {
	all := []any{}
	if columns[0][0].DefinitionLevel() < def {
		return all, nil
	}
	at := make([]int, len(columns))
	one := make([][]parquet.Value, len(columns))
	for at[0] < len(columns[0]) {
		for i, values := range columns {
			if at[i] >= len(values) {
				return nil, errors.New("columns of one list have different lengths")
			}
			end := at[i] + 1
			for end < len(values) && values[end].RepetitionLevel() > rep {
				end++
			}
			one[i], at[i] = values[at[i]:end], end
		}
		v, err := c.content(one, def, rep)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

// content assembles a node that is there.
func (c *column) content(columns [][]parquet.Value, def, rep int) (any, error) {
	if c.leaf != nil {
		if columns[0][0].IsNull() {
			return nil, nil
		}
		return c.leaf(columns[0][0]), nil
	}
	d := &ordered.Dict{}
	for _, f := range c.fields {
		v, err := f.value(columns[f.first-c.first:f.last-c.first], def, rep)
		if err != nil {
			return nil, err
		}
		d.Set(f.name, v)
	}
	switch {
	case c.list:
		return c.asList(d), nil
	case c.dict:
		return c.asDict(d), nil
	}
	return d, nil
}

// asList is a list without the two levels around its elements.
func (c *column) asList(d *ordered.Dict) any {
	inner := c.fields[0]
	v, _ := d.Get(inner.name)
	list, _ := v.([]any)
	if inner.leaf != nil || len(inner.fields) != 1 {
		return list
	}
	for i := range list {
		if one, ok := list[i].(*ordered.Dict); ok {
			list[i], _ = one.Get(inner.fields[0].name)
		}
	}
	return list
}

// asDict is a map's pairs as a mapping.
func (c *column) asDict(d *ordered.Dict) any {
	v, _ := d.Get(c.fields[0].name)
	pairs, _ := v.([]any)
	out := &ordered.Dict{}
	for _, p := range pairs {
		if pair, ok := p.(*ordered.Dict); ok {
			names := pair.Names()
			key, _ := pair.Get(names[0])
			value, _ := pair.Get(names[1])
			out.Set(fmt.Sprint(key), value)
		}
	}
	return out
}

// leafOf is how a column's values are read. Bytes are taken as text; dates and times are
// written as in ISO 8601.
func leafOf(t parquet.Type, s *format.SchemaElement) func(parquet.Value) any {
	if _, ok := s.LogicalType.Value.(*format.Float16Type); ok { // the library takes it for bytes
		return half
	}
	if l := t.LogicalType(); l != nil {
		switch l := l.Value.(type) {
		case *format.DateType:
			return func(v parquet.Value) any { return time.Unix(int64(v.Int32())*86400, 0).UTC().Format(time.DateOnly) }
		case *format.TimestampType:
			return func(v parquet.Value) any { return stamp(v.Int64(), l.Unit) }
		case *format.TimeType:
			return func(v parquet.Value) any { return clock(v, l.Unit) }
		case *format.DecimalType:
			return func(v parquet.Value) any { return decimal(v, l.Scale) }
		case *format.IntType:
			if !l.IsSigned {
				return unsigned
			}
		}
	}
	switch t.Kind() {
	case parquet.Boolean:
		return func(v parquet.Value) any { return v.Boolean() }
	case parquet.Int32:
		return func(v parquet.Value) any { return int64(v.Int32()) }
	case parquet.Int64:
		return func(v parquet.Value) any { return v.Int64() }
	case parquet.Int96: // a time, as older programs write it: nanoseconds of a day, and its Julian day
		return func(v parquet.Value) any {
			n := v.Int96()
			const epoch = 2440588 // the Julian day of 1970-01-01
			return time.Unix((int64(n[2])-epoch)*86400, int64(n[1])<<32|int64(n[0])).UTC().Format(time.RFC3339Nano)
		}
	case parquet.Float:
		return func(v parquet.Value) any { return float64(v.Float()) }
	case parquet.Double:
		return func(v parquet.Value) any { return v.Double() }
	case parquet.ByteArray, parquet.FixedLenByteArray:
		return func(v parquet.Value) any { return string(v.ByteArray()) }
	}
	return func(v parquet.Value) any { return v.String() }
}

func unsigned(v parquet.Value) any {
	n := uint64(v.Uint32())
	if v.Kind() == parquet.Int64 {
		n = v.Uint64()
	}
	if n > 1<<63-1 {
		return fmt.Sprint(n)
	}
	return int64(n)
}

func stamp(n int64, unit format.TimeUnit) string {
	t := time.Unix(0, n)
	switch unit.Value.(type) {
	case *format.MilliSeconds:
		t = time.UnixMilli(n)
	case *format.MicroSeconds:
		t = time.UnixMicro(n)
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// clock is a time of day.
func clock(v parquet.Value, unit format.TimeUnit) string {
	n := v.Int64()
	switch unit.Value.(type) {
	case *format.MilliSeconds:
		n = int64(v.Int32()) * 1e6
	case *format.MicroSeconds:
		n *= 1e3
	}
	return time.Unix(0, n).UTC().Format("15:04:05.999999999")
}

// half is a number of two bytes (IEEE 754's binary16).
func half(v parquet.Value) any {
	b := v.ByteArray()
	if len(b) != 2 {
		return string(b)
	}
	bits := binary.LittleEndian.Uint16(b)
	exponent, fraction := int(bits>>10&31), float64(bits&1023)
	var x float64
	switch {
	case exponent == 31 && fraction > 0:
		x = math.NaN()
	case exponent == 31:
		x = math.Inf(1)
	case exponent == 0:
		x = math.Ldexp(fraction, -24)
	default:
		x = math.Ldexp(1024+fraction, exponent-25)
	}
	if bits>>15 == 1 {
		x = -x
	}
	return x
}

// decimal is a decimal number's digits.
func decimal(v parquet.Value, scale int32) any {
	n := new(big.Int)
	switch v.Kind() {
	case parquet.Int32:
		n.SetInt64(int64(v.Int32()))
	case parquet.Int64:
		n.SetInt64(v.Int64())
	default: // two's complement, most significant byte first
		b := v.ByteArray()
		n.SetBytes(b)
		if len(b) > 0 && b[0]&0x80 != 0 {
			n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
		}
	}
	if scale < 0 || scale > 64 {
		return n.String()
	}
	return new(big.Rat).SetFrac(n, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)).FloatString(int(scale))
}
