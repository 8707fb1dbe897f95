package judge

import (
	"fmt"
	"strings"

	"assay/models/linear"
	"assay/suites/table"
)

// general reads a row {text, label[, group, context, for, against, category]}.
func general(r table.Row) ([]Row, error) {
	said, err := needText(r, "text")
	if err != nil {
		return nil, err
	}
	label, ok := number(r, "label")
	if !ok || !(label >= 0 && label <= 1) {
		found := ""
		if v, there := r.Get("label"); there {
			found = fmt.Sprintf(" (label is %.40q)", fmt.Sprint(v))
		}
		return nil, r.Fail("no label from 0 to 1 in this row%s; write label: 1 where it holds and 0 where it doesn't, or a share of labelers", found)
	}
	row := Row{Text: linear.Text{Text: said}, Label: label}
	row.Group, _ = text(r, "group")
	row.Context, _ = text(r, "context")
	row.Category, _ = text(r, "category")
	if row.For, err = list(r, "for"); err != nil {
		return nil, err
	}
	if row.Against, err = list(r, "against"); err != nil {
		return nil, err
	}
	return []Row{row}, nil
}

// list is a member that is a text or a list of texts.
func list(r table.Row, name string) ([]string, error) {
	v, _ := r.Get(name)
	switch v := v.(type) {
	case nil:
		return nil, nil
	case string:
		if strings.TrimSpace(v) == "" {
			return nil, nil
		}
		return []string{v}, nil
	case []any:
		var all []string
		for _, one := range v {
			s, ok := one.(string)
			if !ok {
				return nil, r.Fail("%s has an item that is no text; write a list of texts", name)
			}
			all = append(all, s)
		}
		return all, nil
	}
	return nil, r.Fail("%s is no text and no list of texts; correct it", name)
}
