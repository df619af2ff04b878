// Eddy simulates event-driven systems in the terminal.
package main

import (
	"os"

	"eddy/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
