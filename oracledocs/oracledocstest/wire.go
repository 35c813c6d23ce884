package oracledocstest

import (
	"strconv"
	"time"
)

// stamp writes a time as the service does: in UTC and without a fraction.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// digit writes a flag as 1 or 0, which is the spelling of most replies.
func digit(b bool) string {
	if b {
		return "1"
	}
	return "0"
}

// login returns a user's login name as the caller may see it. As documented,
// over an applink the caller's own login name may be masked by the user's ID.
func (c *call) login(u *user) string {
	if c.masked && u == c.user {
		return u.id
	}
	return u.loginName
}

// userObject returns a user as it appears inside other objects. Groups have no
// login name.
func (c *call) userObject(u *user) object {
	o := object{"id": u.id, "displayName": u.displayName, "type": u.kind}
	if u.kind == "user" {
		o["loginName"] = c.login(u)
	}
	return o
}

// folderID returns the ID of a folder as replies to this caller spell it: the
// home folder is self.
func (c *call) folderID(folder *item) string {
	if folder == c.user.home {
		return "self"
	}
	return folder.id
}

// common returns the members that files and folders share. Sizes, like all
// numbers, are strings.
func (c *call) common(it *item) object {
	o := object{
		"id":           it.id,
		"name":         it.name,
		"type":         it.kind,
		"size":         strconv.Itoa(it.bytes),
		"createdTime":  stamp(it.created),
		"modifiedTime": stamp(it.modified),
		"createdBy":    c.userObject(it.creator),
		"modifiedBy":   c.userObject(it.modifier),
		"ownedBy":      c.userObject(it.owner),
	}
	if it.parent != nil {
		o["parentID"] = c.folderID(it.parent)
	}
	return o
}

// fileObject returns a file in one of its versions; nil is the latest. The
// members of a reservation are absent while the file is not reserved.
func (c *call) fileObject(it *item, v *version) object {
	o := c.common(it)
	if v == nil {
		v = it.latest()
	}
	// An older version is described with the name and the modifier that it had.
	if v != it.latest() {
		o["name"] = v.name
		o["modifiedTime"], o["modifiedBy"] = stamp(v.modified), c.userObject(v.modifier)
	}
	o["size"] = strconv.Itoa(len(v.content))
	o["version"] = strconv.Itoa(v.number)
	o["mimeType"] = v.contentType
	if it.reservedBy != nil {
		o["reservedBy"], o["reservationTime"] = c.userObject(it.reservedBy), stamp(it.reservedAt)
	}
	return o
}

// folderObject returns a folder. It is inferred that the caller's home folder
// has the ID self: other replies refer to it that way. The schema in the
// documentation spells childitemsCount; its examples spell it as here.
func (c *call) folderObject(it *item) object {
	o := c.common(it)
	o["id"] = c.folderID(it)
	o["childItemsCount"] = strconv.Itoa(len(it.children))
	if it.description != "" {
		o["description"] = it.description
	}
	return o
}

// itemObject returns a file or a folder as the API shows it.
func (c *call) itemObject(it *item) object {
	if it.kind == fileKind {
		return c.fileObject(it, nil)
	}
	return c.folderObject(it)
}

// withConversation adds the conversation of an item, or that of the nearest
// folder above it that has one. The flag is a real JSON boolean, unlike all
// others.
func withConversation(o object, it *item) object {
	for at := it; at != nil; at = at.parent {
		if at.conversation != "" {
			o["conversationID"], o["isConversationInherited"] = at.conversation, at != it
			break
		}
	}
	return o
}
