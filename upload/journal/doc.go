// Package journal remembers, on disk, what a run has uploaded, so that a run that was
// killed can be finished by running it again.
//
// A [Journal] is a file of [Record] values. Before something is uploaded, a record says
// that it begins; when the upload has ended, another one says how. Each record is on
// disk when [Journal.Append] returns. A later run reads the last record of each path
// with [Journal.Last]: what was stored need not be uploaded again, and what was begun
// and has not ended is in doubt, so that the run has to look at the destination.
//
// Package tree keeps a journal of its copies; see Options.Journal there.
//
// # The file
//
// The file has a line for each record: the CRC-32C of the rest of the line in eight
// hexadecimal digits, a space, and an object in JSON. The first line is the header, with
// the version of the format and the name of the run. There are no URLs, tokens or
// contents in it, but the names of files and the IDs of what they became.
//
// A record that was cut off, as by a loss of power, is removed from the end of the file.
// Other lines that cannot be read are left out. [Journal.Damage] reports both: a record
// that is missing makes a run look at the destination again, and no more.
//
// A journal belongs to one process at a time. While it is open, a second file, whose
// name ends in ".lock", is locked. That file stays when the journal is closed.
package journal
