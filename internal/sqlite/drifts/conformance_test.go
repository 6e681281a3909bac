package drifts_test

import (
	"testing"

	"purser.example/internal/sqlite/sqlitetest"
	"purser.example/internal/storetest"
)

func TestTheStoreKeepsItsPromises(t *testing.T) { storetest.Drifts(t, sqlitetest.Engine) }
