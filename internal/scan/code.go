package scan

// Code names why something of a scan went wrong (R56).
type Code string
