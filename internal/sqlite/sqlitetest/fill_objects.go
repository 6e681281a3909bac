package sqlitetest

import (
	"context"
	"fmt"
	"time"

	"purser.example/internal/scan"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/scans"
	"purser.example/internal/tenant"
)

// FillObjectsOptions says what FillObjects makes. None may be left out.
type FillObjectsOptions struct {
	Objects int         // how many
	Tenant  tenant.ID   // a connected one
	Types   []scan.Type // to take in turn
	Now     time.Time   // when they were found
}

// objectsAtOnce is how many objects of one type follow one another, as in a page.
const objectsAtOnce = 1000

// FillObjects stores objects in bulk as one scan would have found them, each once, and the same for the same options: those that Specimens
// gives. Counters and search are kept. As for Fill, nobody else should work in the database, and one that fails half-way is of no use.
func FillObjects(ctx context.Context, db *sqlite.DB, o FillObjectsOptions) error {
	if err := db.Pragma(ctx, "PRAGMA cache_size = -100000"); err != nil {
		return fmt.Errorf("fill objects: %w", err)
	}
	restore, err := strip(ctx, db, "scan_objects")
	if err != nil {
		return fmt.Errorf("fill objects: %w", err)
	}
	err = db.Write(ctx, func(tx *sqlite.Tx) error {
		lots, reading, err := o.lots(tx)
		if err != nil {
			return err
		}
		f := scans.Filling{Tx: tx, Reading: reading, At: o.Now}
		for page := 0; page*objectsAtOnce < o.Objects; page++ {
			f.Lot = lots[page%len(lots)]
			if err := f.Add(Specimens(page*objectsAtOnce, min((page+1)*objectsAtOnce, o.Objects))); err != nil {
				return err
			}
		}
		if err := restore(tx); err != nil {
			return err
		}
		return f.Index()
	})
	if err != nil {
		return fmt.Errorf("fill objects: %w", err)
	}
	return settle(ctx, db)
}

// lots makes the lots of the types, read to their ends, and the number of the reading.
func (o FillObjectsOptions) lots(tx *sqlite.Tx) (lots []int64, reading int64, err error) {
	if err := tx.QueryRow(`UPDATE scan_readings SET no = no + 1 RETURNING no`).Scan(&reading); err != nil {
		return nil, 0, err
	}
	for _, t := range o.Types {
		var no int64
		err := tx.QueryRow(`INSERT INTO scan_lots (tenant_id, type, read_at) VALUES (?, ?, ?) RETURNING no`, o.Tenant, t, sqlite.Milliseconds(o.Now)).Scan(&no)
		if err != nil {
			return nil, 0, err
		}
		lots = append(lots, no)
	}
	return lots, reading, nil
}

var departments = []string{"Sales", "Finance", "Research", "Élan", "Payroll", "Backup", "Legal", "Design"}

var purposes = []string{"archive", "planning", "reports", "project", "handbook", "inbox"}

// Specimens gives the objects of the numbers from one up to another: keys and names come in no order, as Microsoft's do.
func Specimens(from, to int) []scan.Found {
	list := make([]scan.Found, 0, to-from)
	for n := from; n < to; n++ {
		h := uint64(n+1) * 0x9E3779B97F4A7C15
		h ^= h >> 31
		department := departments[h%8]
		id := fmt.Sprintf("%08x-%04x-4000-8000-%012x", uint32(h>>20), uint16(h>>4), n)
		list = append(list, scan.Found{
			Key: id, Name: fmt.Sprintf("%s %s %06d", department, purposes[(h>>8)%6], n),
			Address: fmt.Sprintf("https://contoso.sharepoint.com/sites/%s-%06d", department, n), Site: scan.Site{ID: id},
		})
	}
	return list
}
