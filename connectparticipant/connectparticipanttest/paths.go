package connectparticipanttest

// storageKeys is the prefix of the keys of all objects in the storage host.
const storageKeys = "connectparticipant/"

// Paths returns the path prefixes under which a [Server] serves everything. The
// other test servers of this module use different prefixes, so that one port
// can serve all of them.
func Paths() []string {
	return []string{"/participant", websocketPath, "/_storage/connectparticipant"}
}
