package programs

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Process is a Purser, or a simulator, that runs.
type Process struct {
	URL       string
	Simulator string        // of a demo; empty for `purser serve`
	Ready     time.Duration // from the start of the process to the first good /readyz

	cmd *exec.Cmd
}

// Demo starts `purser demo` with further arguments and waits until it is ready. What it logs goes to log.
func Demo(ctx context.Context, binary string, log io.Writer, args ...string) (*Process, error) {
	begin := time.Now()
	p, words, err := start(ctx, log, binary, append([]string{"demo"}, args...)...)
	if err != nil {
		return nil, err
	}
	if len(words) != 4 {
		return nil, errors.Join(fmt.Errorf("ready line: %q", words), p.Kill())
	}
	p.URL, p.Simulator = words[1], words[3]
	return p, p.await(ctx, begin)
}

// Simulator starts `m365sim` with a fixture's file, so that it lives on when a Purser is killed.
func Simulator(ctx context.Context, binary string, log io.Writer, fixture string) (*Process, error) {
	p, words, err := start(ctx, log, binary, "--addr", "127.0.0.1:0", "--fixture", fixture)
	if err != nil {
		return nil, err
	}
	if len(words) != 2 {
		return nil, errors.Join(fmt.Errorf("ready line: %q", words), p.Kill())
	}
	p.URL = words[1]
	return p, nil
}

// start starts a program that says on one line when it is ready, and gives the words of that line.
func start(ctx context.Context, log io.Writer, binary string, args ...string) (*Process, []string, error) {
	return startWith(ctx, log, append([]string{"PURSER_LOG_LEVEL=warn"}, os.Environ()...), binary, args...) // the caller's own level goes before
}

func startWith(ctx context.Context, log io.Writer, env []string, binary string, args ...string) (*Process, []string, error) {
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Env, cmd.Stderr = env, log
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, nil, err
	}
	p := &Process{cmd: cmd}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("no ready line: %w", err), p.Kill())
	}
	return p, strings.Fields(line), nil
}

// await asks for readiness until it is there.
func (p *Process) await(ctx context.Context, begin time.Time) error {
	for time.Since(begin) < 30*time.Second {
		if p.isReady(ctx) {
			p.Ready = time.Since(begin)
			return nil
		}
		time.Sleep(time.Millisecond)
	}
	return errors.Join(fmt.Errorf("%s does not become ready", p.URL), p.Kill())
}

func (p *Process) isReady(ctx context.Context) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.URL+"/readyz", nil)
	if err != nil {
		return false
	}
	req.Close = true // a connection that is kept would meet the next process at this address
	res, err := http.DefaultClient.Do(req)
	return err == nil && res.Body.Close() == nil && res.StatusCode == http.StatusOK
}

// Kill ends the process as `kill -9` does, and returns when it is gone. It is an error if the process had ended otherwise.
func (p *Process) Kill() error {
	if err := p.cmd.Process.Kill(); err != nil {
		return fmt.Errorf("kill: %w", err)
	}
	_ = p.cmd.Wait() // it says how the process ended, which stands below
	if how, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus); ok && how.Signal() != syscall.SIGKILL {
		return fmt.Errorf("ended before it was killed: %s", p.cmd.ProcessState)
	}
	return nil
}

// Resident is the memory of the process in MB.
func (p *Process) Resident() (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "VmRSS:" {
			kb, err := strconv.ParseFloat(fields[1], 64)
			return kb / 1000, err
		}
	}
	return 0, errors.New("no VmRSS")
}

// FreeAddress finds a loopback address that nobody listens on, and that stays free between a kill and the next start: it is
// outside the range from which systems give ports to whoever asks for any.
func FreeAddress(ctx context.Context) (string, error) {
	for range 100 {
		address := fmt.Sprintf("127.0.0.1:%d", 20_000+rand.IntN(10_000))
		if ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address); err == nil {
			return address, ln.Close()
		}
	}
	return "", errors.New("no free address")
}

// Pid is the process's id.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Signal sends the process a signal.
func (p *Process) Signal(s os.Signal) error { return p.cmd.Process.Signal(s) }

// Abort ends the process as a crash does, waits until it is gone, and tells how it went.
func (p *Process) Abort() (string, error) {
	if err := p.Signal(syscall.SIGABRT); err != nil {
		return "", fmt.Errorf("abort: %w", err)
	}
	_ = p.cmd.Wait() // it says how the process ended, which is given back
	return p.cmd.ProcessState.String(), nil
}
