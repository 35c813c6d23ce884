// Package tree copies trees of files: from any [fs.FS], such as a disk, an archive or the
// folder of a service, to a [Destination] with folders.
//
//	client.Destination(workdocs.UploadTo{FolderID: id})     // a folder of WorkDocs
//	client.Destination(oracledocs.UploadTo{FolderID: id})   // a folder of Oracle
//	tree.NewDir(root)                                       // a folder of the disk
//	tree.NewMemory()                                        // a folder in memory
//
// [Copy] yields an [Outcome] for each file. What is there already is not uploaded again,
// and a copy with a journal finishes what an earlier run has begun when it was killed.
//
// Each Destination can also be read, as an [fs.FS]: [FS] returns it.
package tree
