package browser

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/playwright-community/playwright-go"
)

// engine is the one browser of a test binary.
type engine struct {
	root     string // the repository
	tools    tools
	driver   *playwright.Playwright
	chromium playwright.Browser
	names    names
}

// shared starts the engine at its first use and keeps the outcome, good or bad, for every test of the binary.
var shared = sync.OnceValues(startEngine)

// started says whether there is an engine to stop.
var started = false

// Main runs the tests of a package and then ends the browser. Call it from TestMain:
//
//	func TestMain(m *testing.M) { browser.Main(m) }
//
// The exit status is the one of the tests. Without Main the browser ends with the process.
func Main(m *testing.M) {
	m.Run()
	if !started {
		return
	}
	if e, err := shared(); err == nil {
		e.stop()
	}
}

// launchArgs keep Chromium from looking for anything but the pages under test: a name that is not loopback does not
// resolve, so a page that reaches outside fails its test on every machine alike.
var launchArgs = []string{
	"--disable-gpu", "--disable-quic", "--disable-sync",
	"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
	"--disable-features=" + strings.Join(slices.Concat(driverWithout, addressBarPages), ","),
}

// addressBarPages are pages of Chromium's own that show suggestions below the address bar. Every browser context opens
// them, in a process of their own that takes longer to start than a page under test; nobody types an address here.
var addressBarPages = []string{"WebUIOmniboxPopup", "WebUIOmniboxAimPopup"}

// driverWithout is what the driver itself switches off. Chromium heeds the last list only, so it is said again.
var driverWithout = []string{
	"AcceptCHFrame", "AutoExpandDetailsElement", "AvoidUnnecessaryBeforeUnloadCheckSync",
	"CertificateTransparencyComponentUpdater", "DeferRendererTasksAfterInput", "DestroyProfileOnBrowserClose",
	"DialMediaRouteProvider", "ExtensionManifestV2Disabled", "GlobalMediaControls", "HttpsUpgrades",
	"ImprovedCookieControls", "LazyFrameLoading", "LensOverlay", "MediaRouter", "PaintHolding",
	"ThirdPartyStoragePartitioning", "Translate",
}

// launchTimeout is in milliseconds: a first start on a busy two-core machine takes several seconds.
const launchTimeout = 60_000

func startEngine() (*engine, error) {
	root, err := repository()
	if err != nil {
		return nil, err
	}
	found, err := findTools(root, os.Getenv, exec.LookPath)
	if err != nil {
		return nil, err
	}
	if err := os.Setenv("PLAYWRIGHT_NODEJS_PATH", found.node); err != nil {
		return nil, fmt.Errorf("name the driver's node: %w", err)
	}
	driver, err := playwright.Run(&playwright.RunOptions{SkipInstallBrowsers: true, DriverDirectory: found.driver})
	if err != nil {
		return nil, fmt.Errorf("start the browser's driver: %w", err)
	}
	chromium, err := driver.Chromium.Launch(playwright.BrowserTypeLaunchOptions{
		ExecutablePath:  &found.chromium,
		Args:            launchArgs,
		ChromiumSandbox: new(false), // Chromium refuses its sandbox when root starts it, as in a container.
		Timeout:         new(float64(launchTimeout)),
	})
	if err != nil {
		_ = driver.Stop() // The launch error says more.
		return nil, fmt.Errorf("start Chromium: %w", err)
	}
	started = true
	return &engine{root: root, tools: found, driver: driver, chromium: chromium}, nil
}

// stop ends the browser and the driver. Errors are of no use to anybody by then: the tests are over, and both end with
// the process anyway.
func (e *engine) stop() {
	_ = e.chromium.Close()
	_ = e.driver.Stop()
}
