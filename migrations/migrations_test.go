package migrations_test

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"testing"

	"purser.example/migrations"
)

// landed are the steps that databases out there were brought up by, with the checksum of each. A step that has landed is never edited: what
// it made stays in those databases, and the next step builds upon it. A new step gets its line here with the change that brings it.
var landed = map[string]string{
	"0001_house.sql":             "bd177b75805bdf6b21d4f0c61ea6cc2cd64d87147d2e201a4eefcdd09628d906",
	"0002_profiles.sql":          "79296432b1ac97241e57f8d67ba4d3cff4512863362a95eab4511504fac6568a",
	"0003_list.sql":              "f3c8ef48e7e623fb6ba437005b2de480fbc0760b6e2c13263cb07378fc15b94b",
	"0004_validation_runs.sql":   "3d7984d1ff43630783cbba271ec7d21441f46b5e28b5350b8e901a3093d349cc",
	"0005_attempts.sql":          "cae4daa83614817f7279c9f11b6696676acb2c674af5c4e5af04b316ba82cc83",
	"0006_pools.sql":             "e098637debe29bc9371aabf77df43c071eff959bfe0453df1832404dab650fda",
	"0007_chains.sql":            "96239fa73e96dc537d87364fc499e10c041cf99a3844d0e8d120617e0bb04f50",
	"0008_runs.sql":              "cc5bcf2d07fea1e25bc844fcb454933a70efc22a6fcf2e8d82a81bfd08cb4c21",
	"0009_cloud_domains.sql":     "c48a86dc89a59399c3cd6e76dd99c13bb9d60dab3ec08168a41651bb8f0409d6",
	"0010_proofs.sql":            "a8f03d3eba118ca9b12228d5f110e7a02d7e39396e6e40269ac67f04fc9c4b7b",
	"0011_search.sql":            "baddd4b33890f90de9265055e3fa8c877276d85c0d0767d717ea2c85e458b8b4",
	"0012_item_notes.sql":        "b99464509cb163699aa5d91d15df352fb6c91beb3346ea770078ecc1419d8a9d",
	"0013_unasked_readings.sql":  "43befd8b28dbc82b51afc16c41200b4b5f382d6c897ba81d0e2663dcd6eedef5",
	"0014_letters.sql":           "fa61ae002d1f2dd06907fcd6109adeae1073054594e4464ab38348fb29634d05",
	"0015_break_glass.sql":       "1320f3a2f814c268d238bdb5c712d270839a5d5de184c6283b1bcb95f3bb6b6f",
	"0016_app_profiles.sql":      "bbca293686f371f7bbec004c9a6647de82ff2e9d82af10132031e23c4f60f5a9",
	"0017_front_channel.sql":     "166bb7aa26bb019eb27888bbea4650edcc34280fec214a57d2f13d6c661a3b3c",
	"0018_scans.sql":             "1c744eb97ff93d1994605508074a5bc9d908d1a81f0fc68e651b5d294eff8833",
	"0019_throttles.sql":         "fb05b82ffc6aed9816c8fe4cf49ad76c9728f0edc8917757aca41346e528e1bf",
	"0020_planner.sql":           "381ebe8f86918a3cb01db3b69c165e7e690319314d08291757b0f441b462d69e",
	"0021_classic_profiles.sql":  "2b98e83036ea4da8470d28e988b8f84c32fcfc108472b00e99bec61027bf15a1",
	"0022_list_by_kind.sql":      "cebd626b7e77e23806aea7ae01ac637430a38d8d6d43b73295f2b337bda9dd77",
	"0023_people.sql":            "baf98a591735992544df04eab6934c8c47400f1cde91383a6abde51068b03b80",
	"0024_signed_in.sql":         "5f61cca2ee2d201c0ef4927d142eaa15acd8b94f23c6ae597af6123cba531c91",
	"0025_activity_log.sql":      "e5da0135bd2a843752de6cb40058f7fbd1be3ee5881c39098f763193c1472542",
	"0026_key_changes.sql":       "010e775af906e031aa07d67e773594cf808655c61e016a0912724e10c6a466be",
	"0027_health_checks.sql":     "329770defd66da6246a46868cd33cc85f2774299caadfc7fff2ee922b8400ad0",
	"0028_events.sql":            "6c439c3a4d1d2f1ffa320b14b351d4b6f89054bd83c99a0f43a016859dda437e",
	"0029_horizon.sql":           "79132793cf393ef87f80aeb4a3832f3b4d081639781ccbe1d290f644a3b0a981",
	"0030_notifications.sql":     "f3ea1bc130b0500f53781a7fc59d3e02b1e3682792a6ec69c42bf03dbdc577d1",
	"0031_drift.sql":             "1d7e0dbeb6b1fa2d08b22a789a4909df48396550fb0af133a31ba1e0c485c7a6",
	"0032_sign_in_questions.sql": "db31b928304170d7576b06c58087f6748f813094ae182e239e3b366aedd24489",
	"0033_people_search.sql":     "5bc29799963da5432bec65b11c0cd7ffd0d8230d83213eb0ab0df6c3726f5347",
	"0034_feeds.sql":             "d1f190b6529fe8e4d9a3804960334ac7389b8dbc03e932a2061560c651019e69",
	"0035_overview.sql":          "e6cf28d1ee5e4ebabcd34a6043f9275e49f64acccc10f7fe3b8dea4f86d948f8",
	"0036_pool_drifts.sql":       "e52d7112cea8d6fd27262a4c8391caca251bc056612e35845da8f73e5c0adf7f",
	"0037_bell.sql":              "702edadcd4e9fa88fc2d643be8477a8f45607ed9b4efb1084e79a045b317da76",
}

// X26: steps that have landed are frozen.
func TestStepsThatHaveLandedAreFrozen(t *testing.T) {
	names, err := fs.Glob(migrations.Files, "*")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d steps, %v", len(names), err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(migrations.Files, name)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(text)
		switch want, known := landed[name]; {
		case !known:
			t.Errorf("%s has no line in landed; add it: %q", name, hex.EncodeToString(sum[:]))
		case hex.EncodeToString(sum[:]) != want:
			t.Errorf("%s was edited after it had landed; take the edit back and write a step that follows", name)
		}
		delete(landed, name)
	}
	for name := range landed {
		t.Errorf("%s has landed and is gone", name)
	}
}
