package feeds_test

import (
	"testing"

	"purser.example/internal/sqlite/sqlitetest"
	"purser.example/internal/storetest"
)

func TestTheStoreKeepsItsPromises(t *testing.T) { storetest.Feeds(t, sqlitetest.Engine) }
