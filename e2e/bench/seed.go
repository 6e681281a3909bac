package main

import (
	"context"
	"os"
	"path/filepath"
	"strconv"

	"purser.example/e2e/programs"
	"purser.example/internal/tenant"
)

// connected are the tenants of the seeded profiles.
var connected = []tenant.Tenant{
	{ID: tenantID, DisplayName: "Contoso", InitialDomain: "contoso.onmicrosoft.com", Cloud: tenant.Worldwide},
	{ID: "6f1c0000-0000-4000-8000-000000000002", DisplayName: "Fabrikam", InitialDomain: "fabrikam.onmicrosoft.com", Cloud: tenant.GCC},
}

// seed makes a folder with so many profiles, once in a run. The key lies where the demo looks for it.
func (b *bench) seed(ctx context.Context, profiles int) (programs.Folder, error) {
	if folder, there := b.seeded[profiles]; there {
		return folder, nil
	}
	folder := programs.NewFolder(filepath.Join(b.folder, strconv.Itoa(profiles)))
	if err := os.WriteFile(folder.Path+".key", []byte(folder.Key.Text()), 0o600); err != nil {
		return folder, err
	}
	b.seeded[profiles] = folder
	return folder, folder.Fill(ctx, connected, appID, profiles)
}

// sized is how many profiles a measurement has; PURSER_BENCH_PROFILES is another number, to try the rows out.
func sized(usual int) (int, error) {
	if text := os.Getenv("PURSER_BENCH_PROFILES"); text != "" {
		return strconv.Atoi(text)
	}
	return usual, nil
}
