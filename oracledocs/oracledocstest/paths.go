package oracledocstest

// Paths returns the paths below which a [Server] serves everything. The other
// test servers of this module serve nothing there, so that they can share a
// port.
func Paths() []string { return []string{"/documents", "/osn"} }
