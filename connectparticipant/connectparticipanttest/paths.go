package connectparticipanttest

// storageKeys starts the keys of all objects in the storage host.
const storageKeys = "connectparticipant/"

// Paths returns the paths below which a [Server] serves everything. The other
// test servers of this module serve nothing there, so that they can share a
// port.
func Paths() []string {
	return []string{"/participant", websocketPath, "/_storage/connectparticipant"}
}
