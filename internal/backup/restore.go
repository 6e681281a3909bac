package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"

	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
)

// Restore proves a backup and puts its database into a data folder that is empty or not there, whole or not at all. The errors are those of
// Verify and of sqlite.Place.
func Restore(ctx context.Context, file, folder string, keepers ...secret.Keeper) (Report, error) {
	if err := sqlite.Vacant(folder); err != nil { // to prove a large one takes a while
		return Report{}, err
	}
	r, err := Verify(ctx, file, keepers...)
	if err != nil {
		return Report{}, err
	}
	err = sqlite.Place(folder, r.Installation, func(to *os.File) error { return r.copyTo(ctx, to) })
	return r, spaced(err)
}

// copyTo writes the database of a backup that was proved, and looks whether it is still the one that was.
func (r Report) copyTo(ctx context.Context, to *os.File) error {
	from, err := os.Open(r.File)
	if err != nil {
		return fmt.Errorf("the backup cannot be read: %w", err)
	}
	defer func() { _ = from.Close() }()
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(to, sum), &untilDone{ctx, io.NewSectionReader(from, 0, r.Bytes)}); err != nil {
		return err
	}
	if hex.EncodeToString(sum.Sum(nil)) != r.SHA256 {
		return fmt.Errorf("%w (it was changed while it was restored)", ErrBroken)
	}
	return nil
}

// untilDone reads until a context ends.
type untilDone struct {
	ctx  context.Context
	from io.Reader
}

func (u *untilDone) Read(b []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.from.Read(b)
}
