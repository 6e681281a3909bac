package service

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/svc"
	"golang.org/x/sys/windows/svc/eventlog"
	"golang.org/x/sys/windows/svc/mgr"
)

// Install makes the service, and the folder of its settings, %ProgramData%\Purser unless a file is named. The service is not started: its
// settings have to be filled in first. It gives the path of the file of settings.
func Install(settings, newKey string) (string, error) {
	settings, err := settingsOf(settings)
	if err != nil {
		return "", err
	}
	folder := filepath.Dir(settings)
	if err := forPurserAlone(folder, settings); err != nil {
		return "", err
	}
	program, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("find this program: %w", err)
	}
	m, err := mgr.Connect()
	if err != nil {
		return "", fmt.Errorf("ask the service manager, which takes an administrator: %w", err)
	}
	defer func() { _ = m.Disconnect() }()
	if err := create(m, program, settingUpFor(settings)); err != nil {
		return "", err
	}
	if err := keepFolder(folder); err != nil {
		return "", err
	}
	return settings, furnish(folder, settings, newKey)
}

func settingsOf(given string) (string, error) {
	if given != "" {
		return filepath.Abs(given)
	}
	common, err := windows.KnownFolderPath(windows.FOLDERID_ProgramData, 0)
	if err != nil {
		return "", fmt.Errorf("find the folder of programs' data: %w", err)
	}
	return filepath.Join(common, "Purser", "settings"), nil
}

// create makes the service and the source of its events. A half-made service is taken away again.
func create(m *mgr.Mgr, program string, as settingUp) error {
	s, err := m.CreateService(Name, program, mgr.Config{
		DisplayName: as.display, Description: as.description, ServiceStartName: as.account,
		StartType: mgr.StartAutomatic, DelayedAutoStart: true, ErrorControl: mgr.ErrorNormal, SidType: windows.SERVICE_SID_TYPE_UNRESTRICTED,
	}, as.arguments...)
	if errors.Is(err, windows.ERROR_SERVICE_EXISTS) {
		return errors.New("there is such a service already; `purser service remove` takes it away")
	}
	if err != nil {
		return fmt.Errorf("make the service: %w", err)
	}
	defer func() { _ = s.Close() }()
	if err := errors.Join(restart(s, as), source()); err != nil {
		return errors.Join(err, s.Delete())
	}
	return nil
}

func restart(s *mgr.Service, as settingUp) error {
	var actions []mgr.RecoveryAction
	for _, delay := range as.restarts {
		actions = append(actions, mgr.RecoveryAction{Type: mgr.ServiceRestart, Delay: delay})
	}
	actions = append(actions, mgr.RecoveryAction{Type: mgr.NoAction})
	if err := s.SetRecoveryActions(actions, uint32(as.calm/time.Second)); err != nil {
		return fmt.Errorf("say what follows a failure: %w", err)
	}
	return s.SetRecoveryActionsOnNonCrashFailures(true)
}

// source tells the event log who Purser is, anew where an earlier service left something behind.
func source() error {
	_ = eventlog.Remove(Name)
	if err := eventlog.InstallAsEventCreate(Name, eventlog.Info|eventlog.Warning|eventlog.Error); err != nil {
		return fmt.Errorf("make a source of events: %w", err)
	}
	return nil
}

// keepFolder makes the folder of an installation for the system, the administrators and the service's account alone, which writes nowhere
// but into the folder of the data.
func keepFolder(folder string) error {
	account, _, _, err := windows.LookupSID("", `NT SERVICE\`+Name)
	if err != nil {
		return fmt.Errorf("find the account of the service: %w", err)
	}
	data := filepath.Join(folder, "data")
	if err := os.MkdirAll(data, 0o700); err != nil {
		return fmt.Errorf("make the folder: %w", err)
	}
	const others = "D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)"
	return errors.Join(
		restrict(folder, others+"(A;OICI;FRFX;;;"+account.String()+")"),
		restrict(data, others+"(A;OICI;FA;;;"+account.String()+")"),
	)
}

func restrict(folder, to string) error {
	descriptor, err := windows.SecurityDescriptorFromString(to)
	if err != nil {
		return fmt.Errorf("write the access list of %s: %w", folder, err)
	}
	list, _, err := descriptor.DACL()
	if err != nil {
		return fmt.Errorf("write the access list of %s: %w", folder, err)
	}
	what := windows.SECURITY_INFORMATION(windows.DACL_SECURITY_INFORMATION | windows.PROTECTED_DACL_SECURITY_INFORMATION)
	if err := windows.SetNamedSecurityInfo(folder, windows.SE_FILE_OBJECT, what, nil, nil, list, nil); err != nil {
		return fmt.Errorf("keep others out of %s: %w", folder, err)
	}
	return nil
}

// Remove takes the service away, once it has stopped. Its folder stays, with the key, the settings and the data.
func Remove(ctx context.Context) error {
	return with(func(s *mgr.Service) error {
		if err := end(ctx, s); err != nil {
			return err
		}
		if err := s.Delete(); err != nil {
			return fmt.Errorf("remove the service: %w", err)
		}
		return eventlog.Remove(Name)
	})
}

// Start starts the service and waits until Purser is ready.
func Start(ctx context.Context) error {
	return with(func(s *mgr.Service) error {
		if err := s.Start(); err != nil && !errors.Is(err, windows.ERROR_SERVICE_ALREADY_RUNNING) {
			return fmt.Errorf("start the service: %w", err)
		}
		return await(ctx, running, 300*time.Millisecond, looking(s))
	})
}

// Stop stops the service and waits for its end.
func Stop(ctx context.Context) error {
	return with(func(s *mgr.Service) error { return end(ctx, s) })
}

func end(ctx context.Context, s *mgr.Service) error {
	if _, err := s.Control(svc.Stop); err != nil && !errors.Is(err, windows.ERROR_SERVICE_NOT_ACTIVE) {
		return fmt.Errorf("stop the service: %w", err)
	}
	return await(ctx, stopped, 300*time.Millisecond, looking(s))
}

func looking(s *mgr.Service) func() (state, uint32, error) {
	return func() (state, uint32, error) {
		status, err := s.Query()
		if err != nil {
			return stopped, 0, fmt.Errorf("ask for the service: %w", err)
		}
		exit := status.Win32ExitCode
		if exit == uint32(windows.ERROR_SERVICE_SPECIFIC_ERROR) {
			exit = status.ServiceSpecificExitCode
		}
		return stateOf(status.State), exit, nil
	}
}

func stateOf(s svc.State) state {
	switch s {
	case svc.Running:
		return running
	case svc.Stopped:
		return stopped
	case svc.StopPending:
		return stopping
	}
	return starting
}

// with does something to the service.
func with(do func(*mgr.Service) error) error {
	m, err := mgr.Connect()
	if err != nil {
		return fmt.Errorf("ask the service manager, which takes an administrator: %w", err)
	}
	defer func() { _ = m.Disconnect() }()
	s, err := m.OpenService(Name)
	if errors.Is(err, windows.ERROR_SERVICE_DOES_NOT_EXIST) {
		return errors.New("there is no such service; `purser service install` makes it")
	}
	if err != nil {
		return fmt.Errorf("open the service: %w", err)
	}
	defer func() { _ = s.Close() }()
	return do(s)
}
