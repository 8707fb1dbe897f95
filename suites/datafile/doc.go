// Package datafile reads data files as people and programs save them: text in UTF-8 or
// UTF-16, with any line end; CSV with commas, semicolons or tabs; JSON lines and JSON
// arrays whose unread members may be odd.
//
// What is read is read strictly: each fault is a [*Fault] with its line and a remedy. What
// nobody reads doesn't matter: a number that is none (NaN), half a surrogate pair or a
// member that comes twice cost nothing where no field of the row's type asks for them.
package datafile
