package work

import (
	"context"

	"github.com/riverqueue/river/riverdriver"
)

// Take asks for jobs of a queue as River does at each poll, and gives how many it got.
func Take(ctx context.Context, db Database, queue string) (int, error) {
	got, err := newThrifty(db).GetExecutor().JobGetAvailable(ctx, &riverdriver.JobGetAvailableParams{ClientID: "test", MaxAttemptedBy: 1, MaxToLock: 1, Queue: queue})
	if err != nil {
		return 0, err
	}
	return len(got.Jobs), nil
}
