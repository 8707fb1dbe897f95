// Package text renders tables for a terminal and as Markdown. It is the only
// importer of tablewriter.
//
// Cells may hold text that models wrote. Control characters, the start of escape
// sequences and invisible characters are removed, and Markdown shows every cell as
// literal text.
package text
