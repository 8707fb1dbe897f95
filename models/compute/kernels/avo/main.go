// Command avo generates the kernels' assembly.
//
//	go run -C avo . -to ..
package main

import (
	"flag"
	"log"
	"os"
	"path/filepath"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"
)

// files are the generated files, with the functions that write their contents.
var files = map[string]func(*build.Context){
	"gemm":   gemm,
	"vector": vector,
}

func main() {
	out := flag.String("to", "..", "folder to write to")
	flag.Parse()
	for name, fill := range files {
		if err := write(*out, name, fill); err != nil {
			log.Fatalf("%s: %v", name, err)
		}
	}
}

// write generates name_amd64.s and its declarations, name_amd64.go.
func write(dir, name string, fill func(*build.Context)) error {
	ctx := build.NewContext()
	fill(ctx)
	file, err := ctx.Result()
	if err != nil {
		return err
	}
	if err := pass.Compile.Execute(file); err != nil {
		return err
	}
	cfg := printer.Config{Name: "the module in avo", Argv: []string{"avo"}, Pkg: "kernels"}
	for ext, p := range map[string]printer.Printer{".s": printer.NewGoAsm(cfg), ".go": printer.NewStubs(cfg)} {
		text, err := p.Print(file)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name+"_amd64"+ext), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
