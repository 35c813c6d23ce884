package oracledocstest

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
)

// collectionKind is the kind of a collection of digital assets, which exists in
// version 1.1 only. A collection is kept as an item, because version 1.1 lets
// it be shared like a folder.
const collectionKind = "collection"

// assetCollection is a collection of digital assets. It refers to files that
// stay in their folders.
type assetCollection struct {
	item  *item
	files []*item
}

// collectionObject returns a collection as the API shows it.
func (c *call) collectionObject(col *assetCollection) object {
	it := col.item
	o := object{
		"id": it.id, "name": it.name, "type": collectionKind,
		"createdBy": c.userObject(it.creator), "modifiedBy": c.userObject(it.modifier), "ownedBy": c.userObject(it.owner),
		"createdTime": stamp(it.created), "modifiedTime": stamp(it.modified),
	}
	if it.description != "" {
		o["description"] = it.description
	}
	return o
}

// createCollection makes an empty collection that belongs to the caller.
func (s *Server) createCollection(c *call) (*reply, error) {
	name, description := c.body.need("name"), c.body.text("description", maxDescription)
	if c.body.err != nil {
		return nil, c.body.err
	}
	if err := checkFolderName(name); err != nil {
		return nil, err
	}
	// The ID of a collection begins with F, like that of a folder.
	it := s.newItem(folderKind, nil, c.user, c.user, name, c.now)
	it.kind, it.description = collectionKind, description
	s.items[it.id] = it
	col := &assetCollection{item: it}
	s.assets = append(s.assets, col)
	body := c.collectionObject(col)
	body["childItemsCount"] = "0"
	return &reply{status: http.StatusCreated, location: "/collections/" + it.id, body: body}, nil
}

// listCollections lists the collections that the caller owns or has a role on,
// all on one page: the operation has no parameters, although its answer has the
// members of a page.
func (s *Server) listCollections(c *call) (*reply, error) {
	items, owned := []object{}, 0
	for _, col := range s.assets {
		if granted := roleOf(c.user, col.item); col.item.inTrash || granted == noRole {
			continue
		} else if granted == owner {
			owned++
		}
		items = append(items, c.collectionObject(col))
	}
	count := strconv.Itoa(len(items))
	body := object{
		"count": count, "totalResults": count, "offset": "0", "hasMore": "0",
		"totalOwned": strconv.Itoa(owned), "totalShared": strconv.Itoa(len(items) - owned),
	}
	if len(items) > 0 {
		body["items"] = items
	}
	return &reply{body: body}, nil
}

// assetsOf returns the collection that the path names, for a caller with the
// needed role. A collection that is in the trash or does not exist has an error
// of its own, with the general code.
func (s *Server) assetsOf(c *call, need role) (*assetCollection, error) {
	id := c.path["collectionId"]
	for _, col := range s.assets {
		if col.item.id == id && !col.item.inTrash {
			return col, s.permit(c, col.item, need)
		}
	}
	name := id
	if it := s.items[id]; it != nil {
		name = it.name
	}
	return nil, &refusal{
		status: http.StatusNotFound, code: codeGeneral,
		key:     "!csFldUnableToDeleteItems!csFldSourceInDestination," + name,
		message: "The collection '" + name + "' is in the trash or does not exist.",
		extra:   object{"id": id, "errorType": folderKind},
	}
}

// deleteCollection moves a collection to the trash. The files in it stay where
// they are. That only the owner may do so is inferred.
func (s *Server) deleteCollection(c *call) (*reply, error) {
	col, err := s.assetsOf(c, owner)
	if err != nil {
		return nil, err
	}
	discard(c, col.item)
	return listed(col.item), nil
}

// addAssetToCollection adds the file in the path. A file that is already in the
// collection is refused with the documented code -96.
func (s *Server) addAssetToCollection(c *call) (*reply, error) {
	col, err := s.assetsOf(c, contributor)
	if err != nil {
		return nil, err
	}
	it, err := s.file(c, viewer)
	if err != nil {
		return nil, err
	}
	if err := col.add(c, []*item{it}, false); err != nil {
		return nil, err
	}
	return &reply{body: object{"id": col.item.id, "itemID": it.id, "type": collectionKind}}, nil
}

// removeAssetFromCollection removes the file in the path from the collection.
// The file itself is untouched.
func (s *Server) removeAssetFromCollection(c *call) (*reply, error) {
	col, err := s.assetsOf(c, contributor)
	if err != nil {
		return nil, err
	}
	it, err := s.file(c, viewer)
	if err != nil {
		return nil, err
	}
	if err := col.remove(c, []*item{it}, false); err != nil {
		return nil, err
	}
	return &reply{body: object{"id": col.item.id, "type": collectionKind}}, nil
}

// addAssetsToCollection adds the files of an idList, all of them or none.
func (s *Server) addAssetsToCollection(c *call) (*reply, error) {
	return s.changeAssets(c, "skipDuplicate", (*assetCollection).add)
}

// removeAssetsFromCollection removes the files of an idList, all of them or
// none. Its DELETE request has a body.
func (s *Server) removeAssetsFromCollection(c *call) (*reply, error) {
	return s.changeAssets(c, "skipIfNotInCollection", (*assetCollection).remove)
}

// changeAssets changes several assets at once. The flag has two effects: files
// that would make the change fail are skipped, and the answer reports on each
// asset. The name of the flag is inferred. The time stamps have the form {ts
// '...'}, which only version 1.1 uses.
func (s *Server) changeAssets(
	c *call, flag string, change func(*assetCollection, *call, []*item, bool) error,
) (*reply, error) {
	in := c.inputs()
	ids, skip := in.list("idList", 0), in.flag(flag, false)
	if in.need("idList"); in.err != nil {
		return nil, in.err
	}
	col, err := s.assetsOf(c, contributor)
	if err != nil {
		return nil, err
	}
	files := []*item{}
	for _, id := range ids {
		it, err := s.find(c, fileKind, id, viewer)
		if err != nil {
			return nil, err
		}
		files = append(files, it)
	}
	// The count in the answer is that of the files that were added or removed.
	before := len(col.files)
	if err := change(col, c, files, skip); err != nil {
		return nil, err
	}
	body := object{
		"id": col.item.id, "idList": in.text("idList", 0), "type": collectionKind,
		"count": strconv.Itoa(max(len(col.files)-before, before-len(col.files))),
	}
	if in.has(flag) {
		items := []object{}
		for _, it := range files {
			at := c.now.Format("2006-01-02 15:04:05.000")
			items = append(items, object{"type": fileKind, "id": it.id, "timeStamp": "{ts '" + at + "'}"})
		}
		body["items"] = items
	}
	return &reply{body: body}, nil
}

// add puts files into a collection, all of them or none. With skip, files that
// are already in it are left alone instead of failing the call.
func (col *assetCollection) add(c *call, files []*item, skip bool) error {
	next := slices.Clone(col.files)
	for _, it := range files {
		if slices.Contains(next, it) {
			if skip {
				continue
			}
			return &refusal{
				status: http.StatusBadRequest, code: codeInCollection, item: it,
				key:     "!csDAMItemAlreadyInCollection," + it.guid(),
				message: fmt.Sprintf("The item %s is already in the collection.", it.guid()),
			}
		}
		next = append(next, it)
	}
	col.files, col.item.modifier, col.item.modified = next, c.user, c.now
	return nil
}

// remove takes files out of a collection, all of them or none. With skip, files
// that are not in it are left alone instead of failing the call.
func (col *assetCollection) remove(c *call, files []*item, skip bool) error {
	next := slices.Clone(col.files)
	for _, it := range files {
		at := slices.Index(next, it)
		if at < 0 && !skip {
			return &refusal{
				status: http.StatusBadRequest, code: codeGeneral, item: it,
				key:     "!csDAMItemNotInCollection," + it.guid(),
				message: fmt.Sprintf("The item %s is not in the collection.", it.guid()),
			}
		}
		if at >= 0 {
			next = slices.Delete(next, at, at+1)
		}
	}
	col.files, col.item.modifier, col.item.modified = next, c.user, c.now
	return nil
}
