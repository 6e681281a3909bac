//go:build !windows

package service

import "context"

// Managed reports whether a service manager of Windows started this process.
func Managed() bool { return false }

// Run gives this process to the service manager until it is stopped.
func Run(Work) (int, error) { return 0, ErrNotHere }

// Install makes the service, and the folder of its settings. The service is not started.
func Install(settings, newKey string) (string, error) { return "", ErrNotHere }

// Remove takes the service away. Its folder stays.
func Remove(context.Context) error { return ErrNotHere }

// Start starts the service and waits until Purser is ready.
func Start(context.Context) error { return ErrNotHere }

// Stop stops the service and waits for its end.
func Stop(context.Context) error { return ErrNotHere }
