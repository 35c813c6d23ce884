package oracledocs

import "time"

// Self is the ID of the caller's home folder, in requests and in responses.
const Self = "self"

// Folder describes a folder.
type Folder struct {
	ID string `json:"id,omitzero"`
	// ParentID is "self" for the home folder; may be absent in listings.
	ParentID    string `json:"parentID,omitzero"`
	Name        string `json:"name,omitzero"`
	Description string `json:"description,omitzero"`
	Type        string `json:"type,omitzero"` // "folder"
	// Size is the size of everything in it, in bytes.
	Size            int64 `json:"size,omitzero"`
	ChildItemsCount int64 `json:"childItemsCount,omitzero"`
	// ChildFileCount is only returned by GetFoldersInfo.
	ChildFileCount int64 `json:"childFileCount,omitzero"`
	// ChildFolderCount is only returned by GetFoldersInfo.
	ChildFolderCount int64     `json:"childFolderCount,omitzero"`
	CreatedTime      time.Time `json:"createdTime,omitzero"`
	ModifiedTime     time.Time `json:"modifiedTime,omitzero"`
	CreatedBy        User      `json:"createdBy,omitzero"`
	ModifiedBy       User      `json:"modifiedBy,omitzero"`
	OwnedBy          User      `json:"ownedBy,omitzero"`
	// Metadata: values by collection and field; only if requested.
	Metadata                map[string]map[string]string `json:"metadata,omitzero"`
	ConversationID          string                       `json:"conversationID,omitzero"`
	IsConversationInherited bool                         `json:"isConversationInherited,omitzero"`
}

// FolderItem is a file or a folder in a listing. It has the fields of both;
// those that do not apply are zero.
type FolderItem struct {
	ID string `json:"id,omitzero"`
	// ParentID is "self" for the home folder; may be absent.
	ParentID string `json:"parentID,omitzero"`
	Name     string `json:"name,omitzero"`
	// Description: of a folder.
	Description string `json:"description,omitzero"`
	// Type: "file" or "folder".
	Type string `json:"type,omitzero"`
	Size int64  `json:"size,omitzero"` // bytes
	// Version: of a file.
	Version int64 `json:"version,omitzero"`
	// MimeType: of a file.
	MimeType string `json:"mimeType,omitzero"`
	// ChildItemsCount: of a folder.
	ChildItemsCount int64 `json:"childItemsCount,omitzero"`
	// ChildFileCount: of a folder.
	ChildFileCount int64 `json:"childFileCount,omitzero"`
	// ChildFolderCount: of a folder.
	ChildFolderCount int64     `json:"childFolderCount,omitzero"`
	CreatedTime      time.Time `json:"createdTime,omitzero"`
	ModifiedTime     time.Time `json:"modifiedTime,omitzero"`
	CreatedBy        User      `json:"createdBy,omitzero"`
	ModifiedBy       User      `json:"modifiedBy,omitzero"`
	OwnedBy          User      `json:"ownedBy,omitzero"`
	// ReservedBy: of a file that is reserved.
	ReservedBy User `json:"reservedBy,omitzero"`
	// ReservationTime: of a file that is reserved.
	ReservationTime time.Time `json:"reservationTime,omitzero"`
	// Metadata: values by collection and field; only if requested.
	Metadata                map[string]map[string]string `json:"metadata,omitzero"`
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
