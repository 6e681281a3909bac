package sharepoint

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"time"

	"purser.example/internal/m365sim/call"
)

// digestLife is how long a form digest is good for, as SharePoint tells it.
const digestLife = 30 * time.Minute

const digestTime = "02 Jan 2006 15:04:05 -0000"

// contextInfo gives out the digest that CSOM wants with every query.
func (r *request) contextInfo() call.Answer {
	base := "https://" + r.host
	if path, _ := r.parse(); path != "" {
		base += "/" + path
	}
	info := object{
		"FormDigestTimeoutSeconds": int(digestLife.Seconds()), "FormDigestValue": r.service.digest(r.caller, r.At),
		"LibraryVersion": libraryVersion, "SiteFullUrl": base, "WebFullUrl": base, "SupportedSchemaVersions": []string{"14.0.0.0", "15.0.0.0"},
	}
	if r.verbose() {
		return call.JSON(http.StatusOK, r.contentType(), object{"d": object{"GetContextWebInformation": info}})
	}
	return call.JSON(http.StatusOK, r.contentType(), info)
}

// digest proves that its bearer was here at that time.
func (s *Service) digest(c caller, at time.Time) string {
	stamp := at.UTC().Format(digestTime)
	mac := hmac.New(sha256.New, s.digestKey)
	mac.Write([]byte(c.tenant.ID + " " + c.name() + " " + stamp))
	return "0x" + strings.ToUpper(hex.EncodeToString(mac.Sum(nil))) + "," + stamp
}

// digestHolds says whether the digest of the request was given to the caller, and not too long ago.
func (r *request) digestHolds() bool {
	given := r.Request.Header.Get("X-RequestDigest")
	_, stamp, _ := strings.Cut(given, ",")
	at, err := time.Parse(digestTime, stamp)
	return err == nil && hmac.Equal([]byte(given), []byte(r.service.digest(r.caller, at))) && r.At.Sub(at) < digestLife
}
