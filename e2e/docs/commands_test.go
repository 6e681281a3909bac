package docs

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// deed is what the test does about a command of a document.
type deed struct {
	in   string               // what somebody types
	says string               // what the output holds
	as   string               // run in the place of the command, because this machine differs in something
	stay bool                 // the command stays until the next one that does, or the end of the document
	do   func(*machine) error // done in the place of the command: what only systemd can do, or root
	not  string               // why it is not run
}

func start(m *machine) error   { return m.start() }
func stop(m *machine) error    { return m.stop() }
func restart(m *machine) error { return m.restart() }
func reload(m *machine) error  { return m.reload() }

// built puts bin/purser where `make build` leaves it. It was made by that command.
func makeBuild(m *machine) error {
	binary := purser(m.t)
	return os.Symlink(binary, filepath.Join(m.home, "bin", "purser"))
}

// packaged is what the package brings to a machine, by the files that it is made of. That dpkg and rpm bring it there, `make release` tests.
func packaged(m *machine) error {
	unit, err := os.ReadFile(packagedUnit)
	if err != nil {
		return err
	}
	m.unit = strings.Split(strings.ReplaceAll(string(unit), "/usr/bin/purser", "/usr/local/bin/purser"), "\n")
	if err := os.Symlink(purser(m.t), filepath.Join(m.folder, "usr/local/bin/purser")); err != nil {
		return err
	}
	_, err = m.run("sudo install -d -m 700 /etc/purser && umask 077 && purser key new > /etc/purser/key", "")
	return err
}

// anotherMachine begins anew with a machine that has nothing of Purser, and makes the program for it.
func anotherMachine(m *machine) error {
	if err := m.stop(); err != nil {
		return err
	}
	for _, path := range []string{"etc/purser", "var/lib/purser", "usr/local/bin/purser"} {
		if err := os.RemoveAll(filepath.Join(m.folder, path)); err != nil {
			return err
		}
	}
	m.unit = nil
	return makeBuild(m)
}

// journal is what `journalctl` shows, which is to hold that Purser is ready.
func journal(m *machine) error {
	if !strings.Contains(m.log(), "msg=ready") {
		return fmt.Errorf("the log does not say that Purser is ready:\n%s", m.log())
	}
	return nil
}

const (
	noTestInTests = "it is what runs this test"
	byMakeTest    = "`make test` runs it beside this test"
	noBao         = "it would need an OpenBao; a stand-in that seals as its documentation says is asked in the tests of the program"
	noEngine      = "it would need a container engine; `make release` runs what the image holds"
	byMakeRelease = "`make release` installs both packages in a clean root, and upgrades them"
	byFirstUse    = "TestTheDocumentLeadsToAValidatedProfile runs it, against a provider that is there"
	noEncryption  = "the key that it decrypts would be a secret of the real machine, below /var/lib/systemd"
	noLitestream  = "`make litestream` runs it with what the package brings, and restores from it"
	takesLong     = "it takes many minutes"
)

// doctorCommand is how docs/production.md has an installation examined.
const doctorCommand = "sudo env PURSER_DATA=/var/lib/purser PURSER_KEY_FILE=/etc/purser/key PURSER_OIDC_CLIENT_SECRET_FILE=/etc/purser/client-secret \\\n    purser --settings /etc/purser/settings doctor"

// story is documents whose commands are run one after the other on one machine.
type story struct {
	docs  []string
	deeds map[string]deed
}

// The commands of the documents, and what is done about each. One that is not here fails the test, and so does one that is here
// and in no document.
var stories = []story{
	{
		docs: []string{"README.md"},
		deeds: map[string]deed{
			"make run":  {stay: true, as: "make -C $REPOSITORY --no-print-directory run ADDR=127.0.0.1:0 BIN=$HOME_HERE/bin/purser"},
			"make test": {not: noTestInTests},
		},
	},
	{
		docs: []string{"docs/production.md", "docs/keys.md", "docs/backup.md", "docs/upgrade.md"},
		deeds: map[string]deed{
			"sudo apt install ./purser_1.0.0-1_amd64.deb":                                    {do: packaged},
			"sudo apt install ./purser_1.1.0-1_amd64.deb":                                    {not: byMakeRelease},
			"sudo install -d -o 65532 -g 65532 -m 700 /srv/purser":                           {},
			"sudo sh -c 'umask 077; cat > /srv/purser/client-secret'":                        {in: "hidden-Q~3\n"},
			"sudo chown 65532:65532 /srv/purser/key /srv/purser/client-secret":               {not: noEngine},
			"skopeo copy oci-archive:purser-1.0.0-image.tar docker-daemon:purser:1.0.0":      {not: noEngine},
			"sudo sh -c 'umask 077; docker run --rm purser:1.0.0 key new > /srv/purser/key'": {not: noEngine},
			"docker run --detach --name purser --restart unless-stopped --read-only --cap-drop ALL --security-opt no-new-privileges \\\n    --stop-timeout 20 -p 127.0.0.1:8080:8080 -v purser:/var/lib/purser -v /srv/purser:/etc/purser:ro --env-file settings \\\n    -e PURSER_KEY_FILE=/etc/purser/key -e PURSER_OIDC_CLIENT_SECRET_FILE=/etc/purser/client-secret purser:1.0.0": {not: noEngine},
			"docker logs purser":                                                                {not: noEngine},
			"docker exec purser purser doctor":                                                  {not: noEngine},
			"docker exec purser purser break-glass":                                             {not: noEngine},
			"make build":                                                                        {do: anotherMachine},
			"bao secrets enable transit":                                                        {not: noBao},
			"bao write -f transit/keys/purser type=aes256-gcm96":                                {not: noBao},
			"bao policy write purser purser.hcl":                                                {not: noBao},
			"bao token create -orphan -policy=purser -period=768h -field=token":                 {not: noBao},
			"sudo install -m 755 bin/purser /usr/local/bin/purser":                              {},
			"sudo useradd --system --home-dir /var/lib/purser --shell /usr/sbin/nologin purser": {not: "it makes an account; the scratch machine has one"},
			"sudo install -d -m 700 /etc/purser":                                                {},
			"sudo sh -c 'umask 077; purser key new > /etc/purser/key'":                          {},
			"sudo sh -c 'umask 077; cat > /etc/purser/client-secret'":                           {in: "hidden-Q~3\n"},
			"sudo env PURSER_KEY_FILE=/etc/purser/key purser key id":                            {do: settingsWritten},
			"sudo systemctl daemon-reload":                                                      {do: reload},
			"sudo systemctl enable --now purser":                                                {do: start},
			"sudo install -d -m 750 -g purser /etc/purser-tls":                                  {do: withCertificate},
			"sudo install -m 640 -g purser fullchain.pem /etc/purser-tls/cert.pem":              {},
			"sudo install -m 640 -g purser privkey.pem /etc/purser-tls/key.pem":                 {},
			"sudo env PURSER_DATA=/var/lib/purser PURSER_KEY_FILE=/etc/purser/key purser --settings /etc/purser/settings break-glass": {says: "https://purser.contoso.com/auth/break-glass#"},
			doctorCommand: {not: byFirstUse},
			"sudo sh -c 'umask 077; systemd-creds decrypt --name=key /etc/purser/key.cred /run/purser-key'":                                                                                       {not: noEncryption},
			"sudo env PURSER_DATA=/var/lib/purser PURSER_KEY_FILE=/run/purser-key PURSER_OIDC_CLIENT_SECRET_FILE=/etc/purser/client-secret \\\n    purser --settings /etc/purser/settings doctor": {not: noEncryption},
			"sudo env PURSER_DATA=/var/lib/purser PURSER_KEY_FILE=/run/purser-key purser --settings /etc/purser/settings break-glass":                                                             {not: noEncryption},
			"sudo sh -c 'umask 077; purser key new > /etc/purser/key-new'":                                                                                                                        {},
			"sudo cat /etc/purser/key-new":                               {says: "pk1_"},
			"sudo env PURSER_KEY_FILE=/etc/purser/key-new purser key id": {},
			"sudo env PURSER_DATA=/var/lib/purser PURSER_KEY_FILE=/etc/purser/key PURSER_KEY_NEW_FILE=/etc/purser/key-new purser key rotate": {says: "the key was changed"},
			"sudo mv /etc/purser/key-new /etc/purser/key":                                {},
			"sudo rm /run/purser-key":                                                    {not: noEncryption},
			"sudo install -d /etc/systemd/system/purser.service.d":                       {do: httpsByPurser},
			"sudo systemctl restart purser":                                              {do: restart},
			"sudo systemctl stop purser":                                                 {do: stop},
			"sudo systemctl start purser":                                                {do: start},
			"journalctl -u purser -n 20":                                                 {do: journal},
			"purser key new":                                                             {says: "pk1_"},
			"(umask 077; purser key new > key)":                                          {},
			"PURSER_KEY_FILE=key purser key id":                                          {},
			"sudo chmod 600 /etc/purser/key":                                             {},
			"sudo cat /etc/purser/key":                                                   {says: "pk1_"},
			"sudo systemd-creds encrypt --name=key /etc/purser/key /etc/purser/key.cred": {not: "it makes a secret of the real machine, below /var/lib/systemd"},
			"sudo shred -u /etc/purser/key":                                              {as: "sudo shred -u key"}, // the commands to come need the other one
			"sudo install -d -o purser -g purser -m 700 /srv/backup":                     {},
			"sudo env PURSER_KEY_FILE=/etc/purser/key purser audit verify --data /srv/backup/purser.db":                                         {says: "the activity log is intact"},
			"sudo env PURSER_DATA=/var/lib/purser PURSER_KEY_FILE=/etc/purser/key purser backup /srv/backup/purser.db":                          {says: "verified: the database is not damaged"},
			"sudo env PURSER_KEY_FILE=/etc/purser/key purser restore /srv/backup/purser.db --data /srv/backup/trial":                            {says: "no byte was altered"},
			`printf 'PURSER_BACKUP_DIR=/srv/backup\nPURSER_BACKUP_AT=02:30 Europe/Berlin\n' | sudo tee -a /etc/purser/settings`:                 {},
			"sudo install -d -o purser -g purser -m 700 /srv/purser-replica":                                                                    {},
			`printf 'PURSER_REPLICA_DIR=/srv/purser-replica\n' | sudo tee -a /etc/purser/settings`:                                              {},
			"sudo systemctl enable --now purser-litestream":                                                                                     {not: noLitestream},
			"sudo sh -c 'umask 077; litestream restore -config /etc/purser/litestream.yml -o /srv/backup/replica.db /var/lib/purser/purser.db'": {not: noLitestream},
			"sudo rm -r /srv/backup/trial": {},
			"sudo env PURSER_DATA=/var/lib/purser PURSER_KEY_FILE=/etc/purser/key purser restore /srv/backup/purser.db":        {says: "no byte was altered"},
			"sudo env PURSER_DATA=/var/lib/purser PURSER_KEY_FILE=/etc/purser/key purser backup /srv/backup/before-upgrade.db": {says: "no byte was altered"},
			"sudo mv /var/lib/purser /var/lib/purser.old":                                                                      {},
			"sudo install -d -o purser -g purser -m 700 /var/lib/purser":                                                       {},
			"purser version": {says: "purser "},
		},
	},
	{
		docs: []string{"docs/restore.md"},
		deeds: map[string]deed{
			"sudo apt install ./purser_1.0.0-1_amd64.deb":                                                               {do: packaged},
			"sudo sh -c 'umask 077; cat > /etc/purser/key'":                                                             {in: lostKey + "\n"},
			"sudo sh -c 'umask 077; cat > /etc/purser/client-secret'":                                                   {in: "hidden-Q~3\n"},
			"sudo env PURSER_KEY_FILE=/etc/purser/key purser key id":                                                    {do: settingsWritten},
			"sudo install -d -m 700 /srv/backup":                                                                        {},
			"scp backup.contoso.com:/srv/backup/purser.db /srv/backup/":                                                 {do: backupOfALostMachine},
			"sudo install -d -o purser -g purser -m 700 /var/lib/purser":                                                {},
			"sudo env PURSER_DATA=/var/lib/purser PURSER_KEY_FILE=/etc/purser/key purser restore /srv/backup/purser.db": {says: "profiles: 42"},
			"sudo systemctl enable --now purser":                                                                        {do: start},
			"journalctl -u purser -n 20":                                                                                {do: journal},
			doctorCommand:                                                                                               {not: byFirstUse},
			"sudo env PURSER_KEY_FILE=/etc/purser/key purser audit verify --data /var/lib/purser":                       {says: "the activity log is intact"},
		},
	},
	{
		docs: []string{"docs/simulator.md"},
		deeds: map[string]deed{
			"make build": {do: makeBuild},
			"bin/purser demo --fixture contoso.json --sim-addr 127.0.0.1:9400":                                                                                                                          {stay: true, as: "exec bin/purser demo --fixture contoso.json --sim-addr 127.0.0.1:9400 --addr 127.0.0.1:0"},
			`curl -X PATCH -d '{"mfa": "perUser"}' http://127.0.0.1:9400/_sim/users/svc-backup@contoso.onmicrosoft.com`:                                                                                 {},
			"curl -d '[{\"host\": \"login.microsoftonline.com\", \"method\": \"POST\", \"status\": 503, \"retryAfter\": \"1\", \"times\": 2}]' \\\n    http://127.0.0.1:9400/_sim/faults":               {},
			"curl -X PATCH -d '{\"throttle\": {\"tokenRequests\": 20, \"graphRequests\": 100, \"windowSeconds\": 10}}' \\\n    http://127.0.0.1:9400/_sim/tenants/6f1c0000-0000-4000-8000-000000000001": {},
			"curl http://127.0.0.1:9400/_sim/requests":    {says: "["},
			"go run ./cmd/m365sim --fixture contoso.json": {stay: true, as: "exec go run -C $REPOSITORY ./cmd/m365sim --fixture $HOME_HERE/contoso.json --addr 127.0.0.1:9400"},
			"curl -d client_id=a0000000-0000-4000-8000-000000000001 -d grant_type=password \\\n    -d scope=https://graph.microsoft.com/.default \\\n    -d username=svc-backup@contoso.onmicrosoft.com -d password=Try-this-1 \\\n    http://127.0.0.1:9400/6f1c0000-0000-4000-8000-000000000001/oauth2/v2.0/token": {says: `"access_token"`},
			"go test -C internal/m365sim/contract -count=1 ./...": {not: byMakeTest},
		},
	},
}

// The machine that is lost had a database of an older version, which is stored with its key. The key opens nothing else.
const lostDatabase = "../../internal/app/testdata/versions/16"

var lostKey = func() string {
	text, err := os.ReadFile(lostDatabase + ".key")
	if err != nil {
		panic("docs: " + err.Error())
	}
	return strings.TrimSpace(string(text))
}()

// backupOfALostMachine brings the backup that was made before.
func backupOfALostMachine(m *machine) error {
	lost := filepath.Join(m.t.TempDir(), "data")
	if err := os.Mkdir(lost, 0o700); err != nil {
		return err
	}
	unpack := exec.Command("sh", "-euc", `gzip -dc "$1" > "$2/purser.db"`, "sh", lostDatabase+".db.gz", lost)
	if out, err := unpack.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	backup := exec.Command(purser(m.t), "backup", filepath.Join(m.folder, "srv/backup/purser.db"), "--data", lost)
	backup.Env = environment("PURSER_KEY=" + lostKey)
	if out, err := backup.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

// withCertificate makes the folder for a certificate that somebody has got.
func withCertificate(m *machine) error {
	_, err := m.run("sudo install -d -m 750 -g purser /etc/purser-tls", "")
	return errors.Join(err, m.writeCertificate())
}

// settingsWritten writes the file of settings that the document shows next, once the key's id was printed.
func settingsWritten(m *machine) error {
	out, err := m.run("sudo env PURSER_KEY_FILE=/etc/purser/key purser key id", "")
	if err != nil || !regexp.MustCompile(`^[0-9a-f]{8}\n$`).MatchString(out) {
		return fmt.Errorf("%w: %s", err, out)
	}
	shown, err := settingsShown(m.t, "PURSER_BASE_URL=")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(m.folder, "etc/purser/settings"), []byte(shown), 0o644)
}

// httpsByPurser makes the folder for the changes of the unit, and edits the settings as the document says next: Purser serves https itself.
func httpsByPurser(m *machine) error {
	if _, err := m.run("sudo install -d /etc/systemd/system/purser.service.d", ""); err != nil {
		return err
	}
	shown, err := settingsShown(m.t, "PURSER_TLS_CERT_FILE=")
	if err != nil {
		return err
	}
	path := filepath.Join(m.folder, "etc/purser/settings")
	before, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	kept := slices.DeleteFunc(strings.Split(string(before), "\n"), func(line string) bool { return strings.HasPrefix(line, "PURSER_TRUSTED_PROXIES=") })
	return os.WriteFile(path, []byte(strings.Join(kept, "\n")+m.here(shown)), 0o644)
}

// settingsShown are the settings of the first block of docs/production.md that has one of this beginning.
func settingsShown(t *testing.T, beginning string) (string, error) {
	for _, b := range named(t, "docs/production.md").blocks {
		if b.language == "dotenv" && slices.ContainsFunc(b.lines, func(line string) bool { return strings.HasPrefix(line, beginning) }) {
			return b.text(), nil
		}
	}
	return "", errors.New("the document shows no settings with " + beginning)
}

// X32: every command of every document is run, or is said not to be.
func TestTheCommandsOfTheDocumentsRun(t *testing.T) {
	told := map[string]bool{}
	for _, s := range stories {
		t.Run(s.docs[0], func(t *testing.T) {
			m := newMachine(t)
			used := map[string]bool{}
			for _, name := range s.docs {
				told[name] = true
				m.follow(named(t, name), s.deeds, used)
			}
			for key := range s.deeds {
				if !used[key] {
					t.Errorf("no document of %q has the command %s", s.docs, key)
				}
			}
		})
	}
	for _, d := range documents(t) {
		for _, b := range d.blocks {
			if b.language == "sh" && !told[d.name] {
				t.Errorf("%s:%d: commands of a document that no story runs", d.name, b.line)
			}
		}
	}
}

// follow does what a document says, from its beginning to its end.
func (m *machine) follow(d document, deeds map[string]deed, used map[string]bool) {
	defer m.leave()
	for _, b := range d.blocks {
		switch b.language {
		case "ini":
			m.drafts = append(m.drafts, b.lines)
		case "json": // the one of docs/simulator.md, a file of the name that its commands use
			must(m.t, os.WriteFile(filepath.Join(m.home, "contoso.json"), []byte(b.text()), 0o600))
		case "sh":
			for _, c := range b.commands() {
				does, there := deeds[c.key()]
				used[c.key()] = true
				if !there {
					m.t.Errorf("%s:%d: neither run nor listed: %s", d.name, c.line, c.key())
				} else if err := m.obey(c, does); err != nil {
					m.t.Fatalf("%s:%d: %s\n%v", d.name, c.line, c.key(), err)
				}
			}
		}
	}
}

func (m *machine) obey(c command, does deed) error {
	text := c.text
	if does.as != "" {
		here, err := filepath.Abs(root)
		if err != nil {
			return err
		}
		text = strings.NewReplacer("$REPOSITORY", here, "$HOME_HERE", m.home).Replace(does.as)
	}
	var out string
	var err error
	switch {
	case does.not != "":
		return nil
	case does.do != nil:
		return does.do(m)
	case does.stay:
		_, err = m.enter(text)
	default:
		out, err = m.run(text, does.in)
	}
	if err == nil && !strings.Contains(out, does.says) {
		err = fmt.Errorf("the output lacks %q", does.says)
	}
	if err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	return nil
}

// packagedUnit is the unit that the packages bring.
const packagedUnit = root + "/.ci/release/files/purser.service"

// R80: the unit that the packages bring is the one that the document shows.
func TestThePackagedUnitIsThatOfTheDocument(t *testing.T) {
	unit, err := os.ReadFile(packagedUnit)
	must(t, err)
	for _, b := range named(t, "docs/production.md").blocks {
		if b.language == "ini" {
			if got, want := strings.TrimSpace(string(unit)), strings.ReplaceAll(strings.TrimSpace(b.text()), "/usr/local/bin/", "/usr/bin/"); got != want {
				t.Errorf("the packages bring\n%s\nthe document shows\n%s", got, want)
			}
			return
		}
	}
	t.Error("the document shows no unit")
}

// R80: what the unit sets stands in no file of settings that the packages or the documents show: there it would go before the unit's, and
// name a file that the account of Purser cannot open.
func TestNoFileOfSettingsSetsWhatTheUnitSets(t *testing.T) {
	unit, err := os.ReadFile(packagedUnit)
	must(t, err)
	own := regexp.MustCompile(`(?m)^Environment=(PURSER_\w+)=`).FindAllStringSubmatch(string(unit), -1)
	if len(own) < 3 {
		t.Fatalf("the unit sets %q", own)
	}
	packaged, err := os.ReadFile(filepath.Join(filepath.Dir(packagedUnit), "settings"))
	must(t, err)
	shown := map[string]string{"the package's settings": string(packaged)}
	for _, d := range documents(t) {
		for _, b := range d.blocks {
			if b.language == "dotenv" {
				shown[fmt.Sprintf("%s:%d", d.name, b.line)] = b.text()
			}
		}
		for _, r := range d.table("setting", "example") {
			shown[fmt.Sprintf("%s:%d", d.name, r.line)] = strings.Join(quoted(r.cells[0]), "") + "="
		}
	}
	for where, text := range shown {
		for _, setting := range own {
			if regexp.MustCompile(`(?m)^#?` + setting[1] + `=`).MatchString(text) {
				t.Errorf("%s: %s, which the unit sets", where, setting[1])
			}
		}
	}
}

// The commands within sentences: those of Purser and of make exist, and of the others it is said here why they are not run.
var mentioned = map[string]deed{
	"go version":                                   {},
	"sudo update-ca-certificates":                  {not: "it changes whom the real machine trusts"},
	"sudo dnf install ./purser-1.0.0-1.x86_64.rpm": {not: byMakeRelease},
	"kill -9": {not: "the drill does it, many times"},
}

var isCommand = regexp.MustCompile(`^(sudo|purser|bin/purser|make|go|curl|systemctl|journalctl|m365sim|sqlite3|kill|apt|apt-get|cp|rsync) `)

// X32: a command that a sentence names exists, with its flags.
func TestTheCommandsThatAreMentionedExist(t *testing.T) {
	makefile, err := os.ReadFile(root + "/Makefile")
	must(t, err)
	used := map[string]bool{}
	for _, d := range documents(t) {
		for _, s := range d.spans {
			if !isCommand.MatchString(s.text) || strings.HasSuffix(s.text, "…") {
				continue
			}
			words := strings.Fields(s.text)
			known, listed := mentioned[s.text]
			used[s.text] = true
			switch {
			case listed && known.not != "":
			case listed:
				err = exec.Command(words[0], words[1:]...).Run()
			case strings.HasSuffix(words[0], "purser"):
				err = exec.Command(purser(t), append(words[1:], "--help")...).Run()
			case words[0] == "make":
				err = nil
				if !regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(words[1]) + `:`).Match(makefile) {
					err = errors.New("no such target")
				}
			default:
				err = errors.New("neither run nor listed")
			}
			if err != nil {
				t.Errorf("%s:%d: %s: %v", s.doc, s.line, s.text, err)
			}
		}
	}
	for text := range mentioned {
		if !used[text] {
			t.Errorf("no document mentions %s", text)
		}
	}
}

// What a block that is no command shows, and what proves it.
var proved = map[string]string{
	"sh":         "TestTheCommandsOfTheDocumentsRun",
	"ini":        "TestTheCommandsOfTheDocumentsRun: the service is started by these lines",
	"json":       "TestTheCommandsOfTheDocumentsRun: the simulator is started with it",
	"dotenv":     "TestTheDocumentsNameSettingsThatExist",
	"text":       "TestPurserSaysWhatTheDocumentsSay",
	"tsv":        "TestTheRowsOfCodesAreGood",
	"js":         "TestTheReceiverOfTheDocument",
	"go":         "internal/m365sim/contract does the same",
	"nginx":      "TestTheProxiesOfTheDocumentWork",
	"caddy":      "TestTheProxiesOfTheDocumentWork",
	"apache":     "TestTheProxiesOfTheDocumentWork",
	"xml":        "not proved: it would need IIS, as the document says",
	"powershell": "not proved: it would need Windows; that the commands exist, TestTheCommandsThatAreMentionedExist proves",
}

// Every block says what it is, and commands do not hide in one that is not run.
func TestBlocksSayWhatTheyAre(t *testing.T) {
	for _, d := range documents(t) {
		for _, b := range d.blocks {
			if proved[b.language] == "" {
				t.Errorf("%s:%d: a block of %q, which nothing proves", d.name, b.line, b.language)
			}
			if slices.Contains([]string{"text", "dotenv", "tsv"}, b.language) && slices.ContainsFunc(b.lines, isCommand.MatchString) {
				t.Errorf("%s:%d: a command in a block of %q", d.name, b.line, b.language)
			}
		}
	}
}
