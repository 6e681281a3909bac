package e2e

// ahead are the states of health and expiry, in a house in use.
var ahead = []state{
	{"health", at("/health")},
	{"health-calendar", at("/health?view=calendar")},
	{"health-past-the-end", at("/health?window=ended")},
	{"health-nothing-matches", at("/health?kind=tls_certificate")},
	{"health-address-refused", func(w *walk) {
		w.Goto("/health")
		w.Fill("Name", "  ")
		w.Click("Make calendar address")
		w.ByText("Enter a name of up to 60 characters").Wait()
	}},
	{"health-address-made", func(w *walk) {
		w.Goto("/health")
		w.Fill("Name", "Outlook")
		w.Click("Make calendar address")
		w.ByRole("heading", "Calendar address").Wait()
	}},
	{"health-addresses", func(w *walk) {
		w.Goto("/health")
		w.ByRole("button", "Revoke Outlook").Wait()
	}},
}
