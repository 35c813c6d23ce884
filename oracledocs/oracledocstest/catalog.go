package oracledocstest

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// versionObject describes a version of the API. As documented, links of a
// version have the key ref, while those of a resource catalogue have the key
// rel.
func versionObject(c *call, version string) object {
	href := origin(c.r) + apiRoot + "/" + version
	return object{
		"version": version, "lifecycle": "active", "isLatest": strconv.FormatBool(version == "1.2"),
		"catalog": object{"links": []object{{"ref": "canonical", "href": href + "/metadata-catalog"}}},
		"links":   []object{{"ref": "canonical", "href": href}},
	}
}

// getAPIVersions lists the versions that the server speaks. Its path has no
// version, and its answer, like the others of this file, has no errorCode.
func (s *Server) getAPIVersions(c *call) (*reply, error) {
	items := []object{}
	for _, version := range slices.Sorted(maps.Keys(releases)) {
		items = append(items, versionObject(c, version))
	}
	return &reply{bare: true, body: object{"items": items}}, nil
}

// getAPIVersion describes the version that the path names.
func (s *Server) getAPIVersion(c *call) (*reply, error) {
	return &reply{bare: true, body: object{"items": []object{versionObject(c, c.version)}}}, nil
}

// catalogued has the members of a resource that its catalogue entry describes,
// with the types that the documentation gives there. These types differ from
// what the service sends, which is strings.
var catalogued = map[string]string{
	"configuration": "cListURL:string clientURL:string oAuthCListURL:string oAuthClientURL:string restURL:string " +
		"serviceURL:string domain:string description:string",
	"files": "id:string name:string type:string version:number size:integer mimetype:string parentID:string " +
		"createdTime:string createdBy:object",
	"folders": "id:string name:string type:String description:String size:integer parentID:string " +
		"createdTime:string createdBy:object",
	"users": "count:integer items:array",
}

// resourceOf returns the name of the resource that an operation belongs to: the
// first segment of its path, except that the catalogue says configuration where
// the path says config.
func resourceOf(op *operation) string {
	if len(op.segments) == 0 {
		return ""
	}
	if op.segments[0] == "config" {
		return "configuration"
	}
	return op.segments[0]
}

// getAPICatalog lists the resources of a version. It is derived from the table
// of operations, so that a version lists only what it has.
func (s *Server) getAPICatalog(c *call) (*reply, error) {
	items := []object{}
	for i := range s.table {
		op := &s.table[i]
		if op.versions&releases[c.version] == 0 || len(op.segments) != 2 || op.segments[0] != "metadata-catalog" {
			continue
		}
		name := op.segments[1]
		items = append(items, object{"name": name, "links": []object{
			// Entries of this list have the link key ref; those of a resource
			// have rel.
			{"ref": "canonical", "href": c.url("/" + name)},
			{"ref": "describes", "href": c.url("/metadata-catalog/" + name)},
		}})
	}
	return &reply{bare: true, body: object{"items": items}}, nil
}

// getResourceCatalog describes a resource: its members, and its operations as
// far as this server knows them.
func (s *Server) getResourceCatalog(c *call) (*reply, error) {
	name := c.op.segments[1]
	properties := object{}
	for member := range strings.FieldsSeq(catalogued[name]) {
		member, kind, _ := strings.Cut(member, ":")
		properties[member] = object{"type": kind}
	}
	links := []object{
		{"rel": "self", "href": c.url("/" + name)},
		{"rel": "describedBy", "href": c.url("/metadata-catalog/" + name)},
	}
	for i := range s.table {
		if op := &s.table[i]; op.versions&releases[c.version] != 0 && resourceOf(op) == name {
			_, path, _ := strings.Cut(op.route, " ")
			links = append(links, object{"rel": kebab(op.name), "href": c.url(path), "method": op.method})
		}
	}
	return &reply{bare: true, body: object{
		"$schema": "http://json-schema.org/schema#", "type": "object", "properties": properties, "links": links,
	}}, nil
}

// kebab turns GetFileTags into get-file-tags.
func kebab(name string) string {
	var b strings.Builder
	for i, r := range name {
		if i > 0 && unicode.IsUpper(r) && !unicode.IsUpper(rune(name[i-1])) {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
