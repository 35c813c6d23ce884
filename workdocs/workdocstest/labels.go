package workdocstest

import (
	"maps"
	"slices"
)

// The documented limits on labels and on custom metadata.
const (
	labelLimit    = 20 // on a resource
	metadataLimit = 8  // on a resource or a version
)

// createLabels adds labels, all of them or none. Labels that the resource
// already has are not duplicated, and do not count against the limit again.
func (s *Server) createLabels(c *call) (any, error) {
	id := c.path.text("ResourceId", resourceID)
	c.body.need("Labels")
	labels := c.body.texts("Labels", labelText, labelLimit)
	if err := c.valid(); err != nil {
		return nil, err
	}
	r, err := s.find(c, "resource", id, toWrite)
	if err != nil {
		return nil, err
	}
	// A copy, so that a request that exceeds the limit changes nothing.
	all := slices.Clone(r.labels)
	for _, label := range labels {
		if !slices.Contains(all, label) {
			all = append(all, label)
		}
	}
	if len(all) > labelLimit {
		return nil, refuse("TooManyLabelsException", "a resource has at most %d labels", labelLimit)
	}
	r.labels = all
	return nil, nil
}

// deleteLabels removes some or all labels. Inferred: the request must name
// labels or set deleteAll, and a label that the resource does not have is
// ignored.
func (s *Server) deleteLabels(c *call) (any, error) {
	id := c.path.text("ResourceId", resourceID)
	labels := c.query.texts("labels", labelText, labelLimit)
	all := c.query.flag("deleteAll")
	// A request that names nothing is more likely a mistake than a wish to
	// delete nothing.
	if labels == nil && !all {
		c.input.add("labels", "is required unless deleteAll is true")
	}
	if err := c.valid(); err != nil {
		return nil, err
	}
	r, err := s.find(c, "resource", id, toWrite)
	if err != nil {
		return nil, err
	}
	if err := usable(r); err != nil {
		return nil, err
	}
	r.labels = slices.DeleteFunc(r.labels, func(label string) bool { return all || slices.Contains(labels, label) })
	return nil, nil
}

// The rules of the API for the names and values of custom metadata.
var (
	metadataKey   = matching(56, `[a-zA-Z0-9._+-/=][a-zA-Z0-9 ._+-/=]*`)
	metadataValue = matching(256, `[a-zA-Z0-9._+-/=][a-zA-Z0-9 ._+-/=]*`)
)

// createCustomMetadata sets properties of a resource or a version and keeps its
// other properties. The parameter is spelled versionid here, but versionId in
// deleteCustomMetadata.
func (s *Server) createCustomMetadata(c *call) (any, error) {
	id, versionID := c.path.text("ResourceId", resourceID), c.query.text("versionid", resourceID)
	c.body.need("CustomMetadata")
	properties := c.body.textMap("CustomMetadata", metadataKey, metadataValue, metadataLimit)
	if len(properties) == 0 {
		c.input.add("CustomMetadata", "must not be empty")
	}
	custom, err := s.custom(c, id, versionID)
	if err != nil {
		return nil, err
	}
	all := maps.Clone(*custom)
	if all == nil {
		all = make(map[string]string)
	}
	maps.Copy(all, properties)
	if len(all) > metadataLimit {
		return nil, refuse("CustomMetadataLimitExceededException", "a resource has at most %d properties", metadataLimit)
	}
	*custom = all
	return nil, nil
}

// deleteCustomMetadata removes some or all properties of a resource or a
// version. What is inferred is the same as in deleteLabels.
func (s *Server) deleteCustomMetadata(c *call) (any, error) {
	id, versionID := c.path.text("ResourceId", resourceID), c.query.text("versionId", resourceID)
	keys := c.query.texts("keys", metadataKey, metadataLimit)
	everything := c.query.flag("deleteAll")
	if keys == nil && !everything {
		c.input.add("keys", "is required unless deleteAll is true")
	}
	custom, err := s.custom(c, id, versionID)
	if err != nil {
		return nil, err
	}
	maps.DeleteFunc(*custom, func(key, _ string) bool { return everything || slices.Contains(keys, key) })
	return nil, nil
}

// custom returns the properties of a resource, or those of one of its versions
// if versionID is set. The caller may change the result. custom first checks
// that the call is valid.
func (s *Server) custom(c *call, id, versionID string) (*map[string]string, error) {
	if err := c.valid(); err != nil {
		return nil, err
	}
	r, err := s.find(c, "resource", id, toWrite)
	if err != nil {
		return nil, err
	}
	if err := usable(r); err != nil {
		return nil, err
	}
	if versionID == "" {
		return &r.custom, nil
	}
	v := r.version(versionID)
	if v == nil {
		return nil, missing("version", versionID)
	}
	return &v.custom, nil
}
