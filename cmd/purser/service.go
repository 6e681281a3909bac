package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"purser.example/internal/secret"
	"purser.example/internal/service"
)

type serviceCommand struct {
	Install serviceInstallCommand `cmd:"" help:"Make the service, its folder, a key and a file of settings. What is there stays; nothing is started."`
	Remove  serviceRemoveCommand  `cmd:"" help:"Stop the service and take it away. Its folder stays, with the key and the data."`
	Start   serviceStartCommand   `cmd:"" help:"Start the service and wait until Purser is ready."`
	Stop    serviceStopCommand    `cmd:"" help:"Stop the service and wait for its end."`
}

type serviceInstallCommand struct{}

func (serviceInstallCommand) Run(s streams, given settingsFile) error {
	settings, err := service.Install(string(given), secret.NewKey().Text())
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.out, "installed; fill in "+settings+", then: purser service start")
	return err
}

// serviceWait is above what a first start after an upgrade takes.
const serviceWait = 10 * time.Minute

type serviceRemoveCommand struct{}

func (serviceRemoveCommand) Run(ctx context.Context) error { return waiting(ctx, service.Remove) }

type serviceStartCommand struct{}

func (serviceStartCommand) Run(ctx context.Context) error { return waiting(ctx, service.Start) }

type serviceStopCommand struct{}

func (serviceStopCommand) Run(ctx context.Context) error { return waiting(ctx, service.Stop) }

func waiting(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, serviceWait)
	defer cancel()
	return do(ctx)
}

// underManager is main where the service manager of Windows started the process.
func underManager() int {
	status, err := service.Run(func(ctx context.Context, with service.Console) int {
		return run(ctx, os.Args[1:], streams{out: io.Discard, err: with.Err, ready: with.Ready, events: with.Log})
	})
	if err != nil && status == 0 {
		return exitFailed
	}
	return status
}
