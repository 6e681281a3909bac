package account

import (
	"context"
	"sync"
	"time"

	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

// Gates let the attempts of everybody who makes many of them through to Microsoft: so many of one tenant at once, so many in
// all. What one of them learns of a tenant holds for the others.
type Gates struct {
	limits Limits
	atOnce chan struct{}

	mu sync.Mutex
	of map[tenant.ID]*gate
}

// NewGates makes gates with these limits.
func NewGates(limits Limits) *Gates {
	return &Gates{limits: limits, atOnce: make(chan struct{}, limits.AtOnce), of: map[tenant.ID]*gate{}}
}

// Enter waits for a place at the tenant and one of all. leave gives both back and takes in what came of the attempt, nil for
// one that was not made. It is nil where ctx ended, or where why says that there is no hope for the tenant.
func (g *Gates) Enter(ctx context.Context, t tenant.ID) (leave func(*verdict.Verdict), why Reason) {
	gate := g.gate(t)
	if why = gate.hopeless(); why != "" {
		return nil, why
	}
	probe, entered := gate.enter(ctx)
	if !entered {
		return nil, ""
	}
	if why = gate.hopeless(); why == "" {
		select {
		case g.atOnce <- struct{}{}:
			return func(v *verdict.Verdict) {
				<-g.atOnce
				gate.leave(v, probe)
			}, ""
		case <-ctx.Done():
		}
	}
	gate.leave(nil, probe)
	return nil, why
}

// Forget begins anew with the tenant, because whoever begins something may have mended what was wrong.
func (g *Gates) Forget(t tenant.ID) { g.gate(t).forget() }

// Resting tells for which of the tenants Microsoft is left in peace, and until when.
func (g *Gates) Resting(tenants []tenant.ID) map[tenant.ID]time.Time {
	resting := map[tenant.ID]time.Time{}
	for _, id := range tenants {
		if until, rests := g.gate(id).resting(); rests {
			resting[id] = until
		}
	}
	return resting
}

func (g *Gates) gate(t tenant.ID) *gate {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.of[t] == nil {
		g.of[t] = newGate(g.limits)
	}
	return g.of[t]
}
