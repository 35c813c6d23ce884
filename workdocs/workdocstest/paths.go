package workdocstest

// storageKeys starts the keys of all objects in the storage host.
const storageKeys = "workdocs/"

// Paths returns the paths below which a [Server] serves everything. The other
// test servers of this module serve nothing there, so that they can share a
// port.
func Paths() []string { return []string{"/api/v1", "/_storage/workdocs"} }
