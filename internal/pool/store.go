package pool

// Store keeps pools, readings and checks.
type Store interface{}

// Directory reads Microsoft 365.
type Directory interface{}
