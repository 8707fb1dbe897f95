// Package datafile decodes the rows of data files: JSON whose members are read strictly if
// the row's type has a field for them. Errors in other members, such as an invalid number
// (NaN), half a surrogate pair or a repeated member, are ignored. Package rows finds the
// rows.
package datafile
