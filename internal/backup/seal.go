package backup

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"purser.example/internal/secret"
)

// sign ends a file that is sealed. Before it stand the contents, their proof, and how long each of the two is.
const (
	sign    = "PURSER BACKUP 1\n"
	lengths = 4 + 4
	longest = 64 << 10 // of contents or proof: far above both
)

// seal is what stands behind the database.
type seal struct {
	text, proof []byte
	Contents
}

// record is what the proof covers.
func (s seal) record() secret.Record {
	return secret.Record{Table: "backup", ID: s.Installation, Field: "seal", Facts: secret.FactsOf(string(s.text))}
}

// newSeal seals what a database was found to hold.
func newSeal(c Contents, ring *secret.Keyring) (s seal, err error) {
	s.Contents = c
	if s.text, err = json.Marshal(c); err != nil {
		return s, err
	}
	s.proof, err = ring.Prove(s.record())
	return s, err
}

func (s seal) bytes() []byte {
	b := append(append([]byte{}, s.text...), s.proof...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(s.text)))  //nolint:gosec // Both are short.
	b = binary.BigEndian.AppendUint32(b, uint32(len(s.proof))) //nolint:gosec // Both are short.
	return append(b, sign...)
}

// readSeal reads the seal at the end of a file, which is yet to be proved; nil where there is none.
func readSeal(f *os.File) (*seal, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	end := info.Size() - lengths - int64(len(sign))
	if end < 0 {
		return nil, nil
	}
	last := make([]byte, lengths+len(sign))
	if _, err := f.ReadAt(last, end); err != nil {
		return nil, err
	}
	if string(last[lengths:]) != sign {
		return nil, nil
	}
	text, proof := int64(binary.BigEndian.Uint32(last)), int64(binary.BigEndian.Uint32(last[4:]))
	begin := end - text - proof
	if text > longest || proof > longest || begin < 0 {
		return nil, fmt.Errorf("%w (its seal is cut off)", ErrBroken)
	}
	whole := make([]byte, text+proof)
	if _, err := f.ReadAt(whole, begin); err != nil {
		return nil, err
	}
	s := &seal{text: whole[:text], proof: whole[text:]}
	if err := json.Unmarshal(s.text, &s.Contents); err != nil || s.Bytes != begin {
		return nil, fmt.Errorf("%w (its seal does not fit)", ErrBroken)
	}
	return s, nil
}

// sumOf is the sum of the first bytes of a file.
func sumOf(f *os.File, bytes int64) (string, error) {
	sum := sha256.New()
	_, err := io.Copy(sum, io.NewSectionReader(f, 0, bytes))
	return hex.EncodeToString(sum.Sum(nil)), err
}

// holds looks whether a seal is of what was found.
func (s seal) holds(found Contents, ring *secret.Keyring) error {
	if err := ring.Check(s.proof, s.record()); err != nil {
		if errors.Is(err, secret.ErrDamaged) {
			return fmt.Errorf("%w (its seal is not proved)", ErrBroken)
		}
		return err
	}
	switch kind := differs(s.Rows, found.Rows); {
	case s.SHA256 != found.SHA256:
		return fmt.Errorf("%w (bytes of it are not those that were written)", ErrBroken)
	case kind != "":
		return fmt.Errorf("%w (%s: %d, and not %d)", ErrBroken, kind, found.Rows[kind], s.Rows[kind])
	}
	return nil
}
