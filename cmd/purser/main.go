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
	"os/user"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	_ "time/tzdata" // daily scans are by the clocks of zones, which Windows and small containers know none of

	"github.com/alecthomas/kong"

	"purser.example/internal/app"
	"purser.example/internal/backup"
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
	Settings settingsFile `type:"path" placeholder:"FILE" help:"A file of settings, one NAME=VALUE per line, for what the environment does not set."`

	Demo    demoCommand    `cmd:"" help:"Try the whole product with a built-in identity provider and sample people, on loopback only."`
	Serve   serveCommand   `cmd:"" help:"Run Purser; settings come from the environment (see docs/settings.md)."`
	Healthy healthyCommand `cmd:"" help:"Ask the Purser at PURSER_ADDR whether it is ready: status 0, or 1 and why not."`
	Doctor  doctorCommand  `cmd:"" help:"Check settings, key, database, clock, identity provider, tenants, app profiles, certificates and disk, and say what is wrong and how to mend it. Changes nothing. Ends with status 0, or with 1 where something is wrong."`
	Import  importCommand  `cmd:"" help:"Import profiles from a file into the data folder, while no Purser works in it, and print what became of each row. Ends with status 0, or with 1 where rows were refused."`
	Backup  backupCommand  `cmd:"" help:"Write a backup of the data folder to a file that is not there yet, while Purser runs or not, and verify it. The key is not in it."`
	Restore restoreCommand `cmd:"" help:"Verify a backup and restore it into a data folder that is empty or not there yet."`
	Service serviceCommand `cmd:"" help:"Run Purser as a Windows service."`
	Key     keyCommand     `cmd:"" help:"Make the key that seals secrets, print the ID of one, or change it."`
	Audit   auditCommand   `cmd:"" help:"Verify the activity log."`
	Glass   glassCommand   `cmd:"" name:"break-glass" help:"Print a link that signs in one Tenant Owner without the identity provider, once, within 15 minutes. It is logged and shown to every Tenant Owner."`
	Version versionCommand `cmd:"" help:"Print the version."`
	Help    helpCommand    `cmd:"" help:"Print this help."`
}

func main() {
	collectLessOften()
	if service.Managed() {
		os.Exit(underManager())
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], streams{out: os.Stdout, err: os.Stderr, ready: func() {}}))
}

// collectLessOften leaves twice the usual garbage before it is collected, where GOGC says nothing else: nearly all that a page makes is
// garbage when it is sent, and little stays. A list costs a tenth less, and an idle Purser has 2 MB more.
func collectLessOften() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(200)
	}
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
	for _, known := range []error{secret.ErrNotAKey, secret.ErrWrongKey, secret.ErrRefused, demo.ErrNotLoopback, demo.ErrFixture, demo.ErrKeyMissing, app.ErrKeyInUse, sqlite.ErrFolder, sqlite.ErrLocked, sqlite.ErrNewer, sqlite.ErrOlder, sqlite.ErrForeign, sqlite.ErrLost, sqlite.ErrBehind, backup.ErrTarget} {
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
	Data    string `help:"Folder to keep everything in; its key is stored beside it. Default: a temporary folder."`
	Fixture string `help:"File with the simulator's tenants. With it, no sample profiles are made."`
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
	purser, err := app.Open(ctx, cfg, app.Options{Log: log, Version: version})
	if err != nil {
		return err
	}
	ln, err := purser.Listen(ctx)
	if err != nil {
		return errors.Join(err, purser.Close())
	}
	defer context.AfterFunc(ctx, purser.HandBack)()
	defer onHangUp(purser.RenewCertificate)()
	log.Info("ready", "address", ln.Addr().String(), "base_url", cfg.BaseURL.String(), "version", version)
	purser.MeetProvider()
	defer purser.Notify(ctx, os.Getenv)()
	s.ready()
	return errors.Join(app.Serve(ctx, ln, purser.Handler, log), purser.Close())
}

// onHangUp does something at each SIGHUP, by which tools that renew certificates tell of it. The returned function ends that.
func onHangUp(do func()) (end func()) {
	heard := make(chan os.Signal, 1)
	signal.Notify(heard, syscall.SIGHUP)
	go func() {
		for range heard {
			do()
		}
	}()
	return func() {
		signal.Stop(heard)
		close(heard)
	}
}

// warn tells what is allowed and likely not meant.
func warn(log *slog.Logger, cfg config.Config) {
	for _, name := range cfg.Unknown {
		log.Warn("unknown setting ignored; is it misspelled?", "name", name)
	}
	for _, name := range cfg.Exposed {
		log.Warn("the file of a secret is readable by every account on this machine; see docs/keys.md", "name", name)
	}
	if cfg.Simulated() {
		log.Warn("a simulator answers in place of Microsoft 365 and gets the passwords", "address", cfg.M365Simulator.String())
	}
}

type keyCommand struct {
	New keyNewCommand `cmd:"" help:"Print a new key, one line. It isn't stored anywhere. Keep it safe, and apart from the data."`
	ID  keyIDCommand  `cmd:"" name:"id" help:"Print the ID of the key in PURSER_KEY or PURSER_KEY_FILE, without asking a key service for it. The ID names the key and reveals nothing about it."`

	Rotate keyRotateCommand `cmd:"" help:"Change the key to the one in PURSER_KEY_NEW or PURSER_KEY_NEW_FILE: seal everything anew, beside a Purser that works in the data folder, or alone. Ends when only the new key opens the database."`
}

type keyNewCommand struct{}

func (keyNewCommand) Run(s streams) error {
	_, err := fmt.Fprintln(s.out, secret.NewKey().Text())
	return err
}

type keyIDCommand struct{}

func (keyIDCommand) Run(s streams) error {
	cfg, err := config.LoadKey(os.Environ())
	if err != nil {
		return err
	}
	keepers, err := app.Keepers(cfg)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.out, keepers[0].ID())
	return err
}

type auditCommand struct {
	Verify auditVerifyCommand `cmd:"" help:"Check the whole activity log. Ends with status 0 and the number of entries, or with 1 and the first broken entry. Changes nothing, and works while Purser runs, on a copy, and on a log that was exported as JSON Lines."`
}

type auditVerifyCommand struct {
	Data string `help:"Folder of the database, the file of a copy, or an exported log. Default: PURSER_DATA."`
}

func (c auditVerifyCommand) Run(ctx context.Context, s streams) error {
	folder, keepers, err := folderAndKeepers(c.Data)
	if err != nil {
		return err
	}
	proved, err := sqlite.VerifyFile(ctx, folder, keepers...)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "the activity log is intact: %d entries in %d chains, none altered, moved or missing\n", proved.Entries, proved.Chains)
	return err
}

type glassCommand struct{}

func (glassCommand) Run(ctx context.Context, s streams) error {
	cfg, err := config.LoadPlace(os.Environ())
	if err != nil {
		return err
	}
	address, err := app.BreakGlass(ctx, cfg, operator(os.Getenv))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.out, address)
	return err
}

// operator is who runs this command, as the machine calls them: the account, and who became it by sudo.
func operator(getenv func(string) string) string {
	name := "account " + strconv.Itoa(os.Getuid())
	if who, err := user.Current(); err == nil && who.Username != "" {
		name = who.Username
	}
	if before := getenv("SUDO_USER"); before != "" && before != name {
		name = before + " as " + name
	}
	return name
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
