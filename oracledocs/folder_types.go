package oracledocs

import "time"

// Self stands for the caller's home folder wherever the ID of a folder is
// asked for, and in answers.
const Self = "self"

// Folder describes a folder.
type Folder struct {
	ID                      string                       `json:"id,omitzero"`
	ParentID                string                       `json:"parentID,omitzero"` // "self" for the home folder; may be absent in lists
	Name                    string                       `json:"name,omitzero"`
	Description             string                       `json:"description,omitzero"`
	Type                    string                       `json:"type,omitzero"` // "folder"
	Size                    int64                        `json:"size,omitzero"` // bytes of what it holds
	ChildItemsCount         int64                        `json:"childItemsCount,omitzero"`
	ChildFileCount          int64                        `json:"childFileCount,omitzero"`   // only from GetFoldersInfo
	ChildFolderCount        int64                        `json:"childFolderCount,omitzero"` // only from GetFoldersInfo
	CreatedTime             time.Time                    `json:"createdTime,omitzero"`
	ModifiedTime            time.Time                    `json:"modifiedTime,omitzero"`
	CreatedBy               User                         `json:"createdBy,omitzero"`
	ModifiedBy              User                         `json:"modifiedBy,omitzero"`
	OwnedBy                 User                         `json:"ownedBy,omitzero"`
	Metadata                map[string]map[string]string `json:"metadata,omitzero"` // values by collection and field; only when asked for
	ConversationID          string                       `json:"conversationID,omitzero"`
	IsConversationInherited bool                         `json:"isConversationInherited,omitzero"`
}

// FolderItem is a file or a folder, as lists mix them. It has the members of
// both; those that its kind does not have are zero.
type FolderItem struct {
	ID                      string                       `json:"id,omitzero"`
	ParentID                string                       `json:"parentID,omitzero"` // "self" for the home folder; may be absent
	Name                    string                       `json:"name,omitzero"`
	Description             string                       `json:"description,omitzero"`      // of a folder
	Type                    string                       `json:"type,omitzero"`             // "file" or "folder"
	Size                    int64                        `json:"size,omitzero"`             // bytes
	Version                 int64                        `json:"version,omitzero"`          // of a file
	MimeType                string                       `json:"mimeType,omitzero"`         // of a file
	ChildItemsCount         int64                        `json:"childItemsCount,omitzero"`  // of a folder
	ChildFileCount          int64                        `json:"childFileCount,omitzero"`   // of a folder
	ChildFolderCount        int64                        `json:"childFolderCount,omitzero"` // of a folder
	CreatedTime             time.Time                    `json:"createdTime,omitzero"`
	ModifiedTime            time.Time                    `json:"modifiedTime,omitzero"`
	CreatedBy               User                         `json:"createdBy,omitzero"`
	ModifiedBy              User                         `json:"modifiedBy,omitzero"`
	OwnedBy                 User                         `json:"ownedBy,omitzero"`
	ReservedBy              User                         `json:"reservedBy,omitzero"`      // of a file that is reserved
	ReservationTime         time.Time                    `json:"reservationTime,omitzero"` // of a file that is reserved
	Metadata                map[string]map[string]string `json:"metadata,omitzero"`        // values by collection and field; only when asked for
	ConversationID          string                       `json:"conversationID,omitzero"`
	IsConversationInherited bool                         `json:"isConversationInherited,omitzero"`
}

// IsFolder reports whether the item is a folder.
func (i *FolderItem) IsFolder() bool { return i.Type == "folder" }

// File returns a file's description, or nil if the item is a folder.
func (i *FolderItem) File() *File {
	if i.IsFolder() {
		return nil
	}
	return &File{
		ID: i.ID, ParentID: i.ParentID, Name: i.Name, Type: i.Type, Size: i.Size, Version: i.Version, MimeType: i.MimeType,
		CreatedTime: i.CreatedTime, ModifiedTime: i.ModifiedTime,
		CreatedBy: i.CreatedBy, ModifiedBy: i.ModifiedBy, OwnedBy: i.OwnedBy,
		ReservedBy: i.ReservedBy, ReservationTime: i.ReservationTime, Metadata: i.Metadata,
		ConversationID: i.ConversationID, IsConversationInherited: i.IsConversationInherited,
	}
}

// Folder returns a folder's description, or nil if the item is a file.
func (i *FolderItem) Folder() *Folder {
	if !i.IsFolder() {
		return nil
	}
	return &Folder{
		ID: i.ID, ParentID: i.ParentID, Name: i.Name, Description: i.Description, Type: i.Type, Size: i.Size,
		ChildItemsCount: i.ChildItemsCount, ChildFileCount: i.ChildFileCount, ChildFolderCount: i.ChildFolderCount,
		CreatedTime: i.CreatedTime, ModifiedTime: i.ModifiedTime,
		CreatedBy: i.CreatedBy, ModifiedBy: i.ModifiedBy, OwnedBy: i.OwnedBy, Metadata: i.Metadata,
		ConversationID: i.ConversationID, IsConversationInherited: i.IsConversationInherited,
	}
}
