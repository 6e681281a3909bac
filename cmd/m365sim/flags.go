package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"strings"
)

// settings are what the flags say.
type settings struct{ addr, fixture, cert, key string }

const usage = `m365sim serves a simulator of Microsoft 365 with the tenants of a fixture file.

  --addr 127.0.0.1:9400   listen address
  --fixture FILE          the fixture, JSON
  --tls-cert FILE         certificate, PEM; serves HTTPS
  --tls-key FILE          its key, PEM
`

// parseFlags reads the flags. It answers one line for each that is wrong; asked for help, it answers flag.ErrHelp.
func parseFlags(args []string) (settings, []string, error) {
	var s settings
	var wrong []string
	flags := flag.NewFlagSet("m365sim", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&s.addr, "addr", "127.0.0.1:9400", "")
	flags.StringVar(&s.fixture, "fixture", "", "")
	flags.StringVar(&s.cert, "tls-cert", "", "")
	flags.StringVar(&s.key, "tls-key", "", "")
	for {
		err := flags.Parse(args)
		if errors.Is(err, flag.ErrHelp) {
			return s, nil, err
		}
		rest := flags.Args()
		switch {
		case err != nil:
			wrong = append(wrong, err.Error())
			if len(rest) > 0 && !strings.HasPrefix(rest[0], "-") {
				rest = rest[1:] // the value of a flag that does not exist
			}
		case len(rest) > 0:
			wrong = append(wrong, fmt.Sprintf("unexpected argument %q", rest[0]))
			rest = rest[1:]
		default:
			return s, append(wrong, s.check()...), nil
		}
		args = rest
	}
}

// check answers a line for each value that cannot be.
func (s settings) check() []string {
	var wrong []string
	if _, _, err := net.SplitHostPort(s.addr); err != nil {
		wrong = append(wrong, "--addr: must be host:port, such as 127.0.0.1:9400")
	}
	if s.fixture == "" {
		wrong = append(wrong, "--fixture: is needed")
	}
	if (s.cert == "") != (s.key == "") {
		wrong = append(wrong, "--tls-cert, --tls-key: give both or neither")
	}
	return wrong
}
