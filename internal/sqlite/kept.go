package sqlite

import "sync"

// keptAnswers bounds how many answers of one question are kept.
const keptAnswers = 1024

// Kept are the answers to a question that pages ask again and again, until anything is written. This process has the database
// to itself, so nothing changes in between. What was answered must not be changed by whoever gets it.
type Kept[K comparable, V any] struct {
	mu      sync.Mutex
	as      uint64 // how much had been written when they were read
	answers map[K]V
}

// Ask gives the answer, from memory or by read. Errors are not kept.
func (k *Kept[K, V]) Ask(db *DB, question K, read func() (V, error)) (V, error) {
	// Taken before reading: what is committed while it reads makes the answer old, though it may have seen it.
	written := db.writer.written.Load()
	k.mu.Lock()
	if k.as != written || k.answers == nil || len(k.answers) >= keptAnswers {
		k.as, k.answers = written, map[K]V{}
	}
	answer, there := k.answers[question]
	k.mu.Unlock()
	if there {
		return answer, nil
	}
	answer, err := read()
	if err != nil {
		return answer, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.as == written {
		k.answers[question] = answer
	}
	return answer, nil
}
