// Package datafile decodes the rows of data files as programs save them: JSON whose
// members are read strictly where a field asks for them. Nothing else matters: a number
// that is none (NaN), half a surrogate pair or a member that comes twice is no error
// where no field of the row's type reads it. Package rows finds the rows.
package datafile
