package workdocstest

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// organizationID identifies the only organization. It looks like the ID of a
// directory.
const organizationID = "d-9067012345"

// user is a user of the organization. An active user can call the API with a
// token. Every user has a root folder and a recycle bin.
type user struct {
	id, token          string
	username, email    string
	givenName, surname string
	// status is ACTIVE, INACTIVE or PENDING; kind is a type such as USER or
	// ADMIN.
	status, kind      string
	timeZone, locale  string
	created, modified time.Time
	// root and bin are the user's root folder and recycle bin. What is in them
	// belongs to the user.
	root, bin *resource
	storage   storageRule
}

// storageRule says how much a user may store: StorageType is UNLIMITED or
// QUOTA.
type storageRule struct {
	StorageAllocatedInBytes int64  `json:"StorageAllocatedInBytes,omitzero"`
	StorageType             string `json:"StorageType"`
}

// userMetadata is a user as activities show it.
type userMetadata struct {
	ID           string `json:"Id"`
	Username     string `json:"Username"`
	GivenName    string `json:"GivenName,omitzero"`
	Surname      string `json:"Surname,omitzero"`
	EmailAddress string `json:"EmailAddress,omitzero"`
}

// describeUserBriefly returns a user as activities show it.
func describeUserBriefly(u *user) userMetadata {
	return userMetadata{u.id, u.username, u.givenName, u.surname, u.email}
}

// newPrincipalID returns an ID that looks like those of users and groups.
func (s *Server) newPrincipalID() string {
	s.serial++
	return fmt.Sprintf("S-1-1-21-4071930142-2718281828-%d&%s", 1000+s.serial, organizationID)
}

// newUser adds an active user, with a root folder and a recycle bin. If the
// name is an email address, it is also the user's email address.
func (s *Server) newUser(username string) *user {
	name, _, isAddress := strings.Cut(username, "@")
	now := s.time()
	u := &user{
		id:        s.newPrincipalID(),
		token:     newToken(),
		username:  username,
		email:     username,
		givenName: name,
		surname:   "Example",
		status:    "ACTIVE",
		kind:      "USER",
		timeZone:  "UTC",
		locale:    "default",
		created:   now,
		modified:  now,
		storage:   storageRule{StorageType: "UNLIMITED"},
	}
	if !isAddress {
		u.email += "@example.com"
	}
	u.root = s.newResource(nil, true, "/", u, now)
	u.bin = s.newResource(nil, true, "RecycleBin", u, now)
	u.root.keeper, u.bin.keeper = u, u
	s.users = append(s.users, u)
	return u
}

// userNamed returns the user with a name, or nil. Case matters.
func (s *Server) userNamed(username string) *user {
	return s.userWhere(func(u *user) bool { return u.username == username })
}

// userByID returns the user with an ID, or nil.
func (s *Server) userByID(id string) *user {
	return s.userWhere(func(u *user) bool { return u.id == id })
}

// userWhere returns the first user that fits, or nil.
func (s *Server) userWhere(fits func(*user) bool) *user {
	if i := slices.IndexFunc(s.users, fits); i >= 0 {
		return s.users[i]
	}
	return nil
}

// ours returns an error for an organization that is not the Server's. An empty
// organization is valid.
func ours(c *call, organization string) error {
	if organization != "" && organization != organizationID {
		return denied(c, organization)
	}
	return nil
}

// allowance returns how many bytes the user may store, or the largest number if
// there is no limit.
func (u *user) allowance() int64 {
	if u.storage.StorageType == "QUOTA" {
		return u.storage.StorageAllocatedInBytes
	}
	return math.MaxInt64
}

// stored returns how many bytes the versions in the user's folders have,
// including those in the recycle bin. Resources that other users have put there
// count too.
func (u *user) stored() int64 {
	kept, _ := u.root.sizes()
	recycled, _ := u.bin.sizes()
	return kept + recycled
}

// fits returns an error for an upload that the user's storage rule does not
// allow. There is one error for storage that is full and another for an upload
// that is too large for the rest.
func (u *user) fits(size int64) error {
	allowance := u.allowance()
	if allowance == math.MaxInt64 {
		return nil // and nothing to add up
	}
	switch left := allowance - u.stored(); {
	case left <= 0:
		return refuse("StorageLimitExceededException", "%s has no storage left", u.id)
	case size > left:
		return refuse("StorageLimitWillExceedException", "%s has %d bytes of storage left", u.id, left)
	}
	return nil
}

// userAnswer is a user as the operations on users show it.
type userAnswer struct {
	ID                 string       `json:"Id"`
	Username           string       `json:"Username"`
	EmailAddress       string       `json:"EmailAddress,omitzero"`
	GivenName          string       `json:"GivenName"`
	Surname            string       `json:"Surname"`
	OrganizationID     string       `json:"OrganizationId"`
	RootFolderID       string       `json:"RootFolderId"`
	RecycleBinFolderID string       `json:"RecycleBinFolderId"`
	Status             string       `json:"Status"`
	Type               string       `json:"Type"`
	CreatedTimestamp   stamp        `json:"CreatedTimestamp"`
	ModifiedTimestamp  stamp        `json:"ModifiedTimestamp"`
	TimeZoneID         string       `json:"TimeZoneId"`
	Locale             string       `json:"Locale"`
	Storage            *userStorage `json:"Storage,omitzero"`
}

// userStorage is what DescribeUsers adds on request.
type userStorage struct {
	StorageUtilizedInBytes int64       `json:"StorageUtilizedInBytes"`
	StorageRule            storageRule `json:"StorageRule"`
}

// describeUser returns a user as the operations on users show it.
func describeUser(u *user) userAnswer {
	return userAnswer{
		ID:                 u.id,
		Username:           u.username,
		EmailAddress:       u.email,
		GivenName:          u.givenName,
		Surname:            u.surname,
		OrganizationID:     organizationID,
		RootFolderID:       u.root.id,
		RecycleBinFolderID: u.bin.id,
		Status:             u.status,
		Type:               u.kind,
		CreatedTimestamp:   stamp{u.created},
		ModifiedTimestamp:  stamp{u.modified},
		TimeZoneID:         u.timeZone,
		Locale:             u.locale,
	}
}
