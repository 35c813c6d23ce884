package oracledocstest

// Paths returns the path prefixes under which a [Server] serves everything. The
// other test servers of this module use different prefixes, so that one port
// can serve all of them.
func Paths() []string { return []string{"/documents", "/osn"} }
