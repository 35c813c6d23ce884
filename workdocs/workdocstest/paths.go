package workdocstest

// storageKeys is the prefix of the keys of all objects in the storage host.
const storageKeys = "workdocs/"

// Paths returns the path prefixes that a [Server] serves. The other test
// servers of this module do not serve them, so that all of them can share a
// port.
func Paths() []string { return []string{"/api/v1", "/_storage/workdocs"} }
