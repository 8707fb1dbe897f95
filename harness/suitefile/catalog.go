package suitefile

import (
	"embed"
	"io/fs"

	"assay/harness/yamlstruct"
	"assay/suites"
	"assay/suites/catalog"
)

//go:embed catalog/*.yaml
var catalogFiles embed.FS

// Catalog lists the suites that plans name: those of suites/catalog, and those that are suite
// files. A fault in one of the files is a fault of the program.
func Catalog() []suites.Suite {
	all := catalog.All()
	names, err := fs.Glob(catalogFiles, "catalog/*.yaml")
	if err != nil {
		panic("suitefile: " + err.Error())
	}
	for _, name := range names {
		data, err := catalogFiles.ReadFile(name)
		if err != nil {
			panic("suitefile: " + err.Error())
		}
		y, err := yamlstruct.Parse(name, data, remedy)
		if err != nil {
			panic("suitefile: " + err.Error())
		}
		c, err := compile(y)
		if err != nil {
			panic("suitefile: " + err.Error())
		}
		c.embedded = true
		all = append(all, c.suite())
	}
	return all
}
