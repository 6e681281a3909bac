// Command purser keeps the Microsoft 365 service accounts of an organization.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"purser.example/internal/app"
	"purser.example/internal/config"
	"purser.example/internal/demo"
	"purser.example/internal/secret"
	"purser.example/internal/service"
	"purser.example/internal/sqlite"
)

// version is set by the build.
var version = "development"

const (
	exitFailed = 1
	exitUsage  = 2 // a wrong flag or setting
)

type commands struct {
	Settings settingsFile `type:"path" placeholder:"FILE" help:"A file of settings, a line NAME=VALUE each, for what the environment does not set."`

	Demo    demoCommand    `cmd:"" help:"Try the whole product: with an identity provider and invented people inside, on loopback only."`
	Serve   serveCommand   `cmd:"" help:"Run Purser; settings come from the environment (see docs/settings.md)."`
	Healthy healthyCommand `cmd:"" help:"Ask the Purser at PURSER_ADDR whether it is ready: status 0, or 1 and why not."`
	Service serviceCommand `cmd:"" help:"Run Purser as a Windows service."`
	Key     keyCommand     `cmd:"" help:"Make the key that seals secrets, and tell keys apart."`
	Audit   auditCommand   `cmd:"" help:"Prove the activity log."`
	Version versionCommand `cmd:"" help:"Print the version."`
	Help    helpCommand    `cmd:"" help:"Print this help."`
}

func main() {
	if service.Managed() {
		os.Exit(underManager())
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], streams{out: os.Stdout, err: os.Stderr, ready: func() {}}))
}

// run is main without the process: it gives the exit status.
func run(ctx context.Context, args []string, s streams) int {
	var cli commands
	parser, err := kong.New(&cli, kong.Name("purser"), kong.Description("Purser keeps the Microsoft 365 service accounts of an organization."),
		kong.Writers(s.out, s.err), kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(s))
	if err != nil {
		panic("purser: commands: " + err.Error())
	}
	command, err := parser.Parse(args)
	if err != nil {
		_, _ = fmt.Fprintln(s.err, "purser: "+err.Error())
		return exitUsage
	}
	if err := cli.Settings.use(command.Command()); err != nil {
		return exitStatus(err, s.err)
	}
	return exitStatus(command.Run(cli.Settings), s.err)
}

// settingsFile is the path of a file of settings; empty: none.
type settingsFile string

// use gives to this process what the file sets and its environment does not. The command that makes a service only names the file, which
// may be made by it.
func (f settingsFile) use(command string) error {
	if f == "" || command == "service install" {
		return nil
	}
	settings, err := config.ReadSettings(string(f))
	if err != nil {
		return err
	}
	for _, setting := range settings {
		name, value, _ := strings.Cut(setting, "=")
		if os.Getenv(name) == "" {
			err = errors.Join(err, os.Setenv(name, value))
		}
	}
	return err
}

// exitStatus says what went wrong, a line each, and whether it can be mended by a flag or setting.
func exitStatus(err error, stderr io.Writer) int {
	if err == nil {
		return 0
	}
	if mistakes, ok := errors.AsType[config.Mistakes](err); ok {
		for _, line := range mistakes {
			_, _ = fmt.Fprintln(stderr, "purser: "+line)
		}
		return exitUsage
	}
	_, _ = fmt.Fprintln(stderr, "purser: "+err.Error())
	for _, known := range []error{secret.ErrNotAKey, secret.ErrWrongKey, demo.ErrNotLoopback, demo.ErrFixture, demo.ErrKeyMissing, sqlite.ErrFolder, sqlite.ErrLocked, sqlite.ErrNewer, sqlite.ErrOlder, sqlite.ErrForeign, sqlite.ErrLost} {
		if errors.Is(err, known) {
			return exitUsage
		}
	}
	return exitFailed
}

// streams is what the process speaks by.
type streams struct {
	out, err io.Writer
	ready    func()                        // called once Purser can be used
	events   func(slog.Level) slog.Handler // where logs go in the place of err; nil: to err
}

type demoCommand struct {
	Addr    string `default:"127.0.0.1:8080" help:"Address to listen on, loopback only."`
	SimAddr string `default:"127.0.0.1:0" help:"Address of the Microsoft 365 simulator, loopback only."`
	Data    string `help:"Folder to keep everything in; its key lies beside it. A temporary folder unless given."`
	Fixture string `help:"File with the simulator's tenants; no sample profiles are made then."`
}

func (c *demoCommand) Run(ctx context.Context, s streams) error {
	cfg, err := app.Checks().LoadDemo(os.Environ())
	if err != nil {
		return err
	}
	d, err := demo.Open(ctx, demo.Options{Addr: c.Addr, SimAddr: c.SimAddr, Data: c.Data, Fixture: c.Fixture, Config: cfg, Log: logger(cfg, s)})
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(s.out, "ready "+d.URL()+" simulator "+d.SimulatorURL()); err != nil {
		return errors.Join(err, d.Close())
	}
	return errors.Join(d.Serve(ctx), d.Close())
}

type serveCommand struct{}

func (serveCommand) Run(ctx context.Context, s streams) error {
	cfg, err := app.Checks().Load(os.Environ())
	if err != nil {
		return err
	}
	log := logger(cfg, s)
	warn(log, cfg)
	purser, err := app.Open(ctx, cfg, app.Options{Log: log})
	if err != nil {
		return err
	}
	ln, err := purser.Listen(ctx)
	if err != nil {
		return errors.Join(err, purser.Close())
	}
	defer context.AfterFunc(ctx, purser.HandBack)()
	log.Info("ready", "address", ln.Addr().String(), "base_url", cfg.BaseURL.String(), "version", version)
	purser.MeetProvider()
	defer purser.Notify(ctx, os.Getenv)()
	s.ready()
	return errors.Join(app.Serve(ctx, ln, purser.Handler, log), purser.Close())
}

// warn tells what is allowed and likely not meant.
func warn(log *slog.Logger, cfg config.Config) {
	for _, name := range cfg.Unknown {
		log.Warn("unknown setting ignored; is it misspelt?", "name", name)
	}
	for _, name := range cfg.Exposed {
		log.Warn("the file of a secret is open to every account of this machine; see docs/keys.md", "name", name)
	}
	if cfg.Simulated() {
		log.Warn("a simulator answers in the place of Microsoft 365, and gets the passwords", "address", cfg.M365Simulator.String())
	}
}

type keyCommand struct {
	New keyNewCommand `cmd:"" help:"Print a fresh key, one line. It is stored nowhere: keep it well, and apart from the data."`
	ID  keyIDCommand  `cmd:"" name:"id" help:"Print the id of the key in PURSER_KEY or PURSER_KEY_FILE. It names the key and tells nothing about it."`
}

type keyNewCommand struct{}

func (keyNewCommand) Run(s streams) error {
	_, err := fmt.Fprintln(s.out, secret.NewKey().Text())
	return err
}

type keyIDCommand struct{}

func (keyIDCommand) Run(s streams) error {
	text, err := config.LoadKey(os.Environ())
	if err != nil {
		return err
	}
	key, err := secret.ParseKey(text)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.out, key.ID())
	return err
}

type auditCommand struct {
	Verify auditVerifyCommand `cmd:"" help:"Walk the whole activity log: status 0 and the number of entries, or 1 and the first entry that does not hold. It changes nothing, and works beside a running Purser and on a copy."`
}

type auditVerifyCommand struct {
	Data string `help:"Folder of the database, or the file of a copy. PURSER_DATA unless given."`
}

func (c auditVerifyCommand) Run(ctx context.Context, s streams) error {
	folder, text, err := config.LoadFolder(os.Environ(), c.Data)
	if err != nil {
		return err
	}
	key, err := secret.ParseKey(text)
	if err != nil {
		return err
	}
	proved, err := sqlite.VerifyFile(ctx, folder, key)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "the activity log holds: %d entries in %d chains, none altered, moved or missing\n", proved.Entries, proved.Chains)
	return err
}

type versionCommand struct{}

func (versionCommand) Run(s streams) error {
	_, err := fmt.Fprintln(s.out, "purser "+version)
	return err
}

type helpCommand struct{}

func (helpCommand) Run(command *kong.Context) error {
	command.Path = command.Path[:1] // the help of the program, not of this command
	return command.PrintUsage(false)
}

func logger(cfg config.Config, s streams) *slog.Logger {
	options := &slog.HandlerOptions{Level: cfg.LogLevel}
	switch {
	case s.events != nil:
		return slog.New(s.events(cfg.LogLevel))
	case cfg.LogJSON:
		return slog.New(slog.NewJSONHandler(s.err, options))
	}
	return slog.New(slog.NewTextHandler(s.err, options))
}
