package sqlite

import (
	"context"
	"database/sql"
	"sync"
)

// keptStatements bounds how many texts stay prepared. The list has a few hundred shapes, of which few are asked often; one
// that finds no place is prepared each time, which costs about as much as reading ten rows.
const keptStatements = 128

// statements keeps queries prepared: SQLite needs longer to plan a page of the list than to read it.
type statements struct {
	db *sql.DB

	mu   sync.RWMutex
	kept map[string]*sql.Stmt
}

func newStatements(db *sql.DB) *statements { return &statements{db: db, kept: map[string]*sql.Stmt{}} }

// row is QueryRowContext.
func (s *statements) row(ctx context.Context, text string, args ...any) *sql.Row {
	if stmt := s.prepare(ctx, text); stmt != nil {
		return stmt.QueryRowContext(ctx, args...)
	}
	return s.db.QueryRowContext(ctx, text, args...)
}

// rows is QueryContext.
func (s *statements) rows(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	if stmt := s.prepare(ctx, text); stmt != nil {
		return stmt.QueryContext(ctx, args...)
	}
	return s.db.QueryContext(ctx, text, args...)
}

// prepare gives the statement, or nil where it is not to be kept or cannot be made; asking it directly then tells why.
func (s *statements) prepare(ctx context.Context, text string) *sql.Stmt {
	if stmt, full := s.find(text); stmt != nil || full {
		return stmt
	}
	made, err := s.db.PrepareContext(ctx, text)
	if err != nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if first, known := s.kept[text]; known { // somebody was faster
		_ = made.Close()
		return first
	}
	s.kept[text] = made
	return made
}

func (s *statements) find(text string) (stmt *sql.Stmt, full bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.kept[text], len(s.kept) >= keptStatements
}

// prepared are the statements of one transaction: what the writer keeps, and what the transaction is the first to use. A
// transaction has the only connection, so what is new is kept after its end.
type prepared struct {
	tx     *sql.Tx
	from   *statements
	bound  map[string]*sql.Stmt
	wanted []string
}

// statement gives the prepared query, or nil where it cannot be made; running it directly then tells why.
func (p *prepared) statement(ctx context.Context, text string) *sql.Stmt {
	if stmt := p.bound[text]; stmt != nil {
		return stmt
	}
	kept, full := p.from.find(text)
	if kept != nil {
		p.bound[text] = p.tx.StmtContext(ctx, kept)
		return p.bound[text]
	}
	made, err := p.tx.PrepareContext(ctx, text)
	if err != nil {
		return nil
	}
	p.bound[text] = made
	if !full {
		p.wanted = append(p.wanted, text)
	}
	return made
}

// keep prepares what the transaction was the first to use, for those that follow.
func (p *prepared) keep(ctx context.Context) {
	for _, text := range p.wanted {
		p.from.prepare(ctx, text)
	}
}
