package workdocs

import "time"

// UserStatus says whether a user can use the site.
type UserStatus string

// States of a user.
const (
	UserStatusActive   UserStatus = "ACTIVE"
	UserStatusInactive UserStatus = "INACTIVE"
	UserStatusPending  UserStatus = "PENDING"
)

// UserType is the kind of account that a user has.
type UserType string

// Kinds of users.
const (
	UserTypeUser           UserType = "USER"
	UserTypeAdmin          UserType = "ADMIN"
	UserTypePoweruser      UserType = "POWERUSER"
	UserTypeMinimaluser    UserType = "MINIMALUSER"
	UserTypeWorkspacesuser UserType = "WORKSPACESUSER"
)

// Locale is the language of a user.
type Locale string

// Languages of the site.
const (
	LocaleEn      Locale = "en"
	LocaleFr      Locale = "fr"
	LocaleKo      Locale = "ko"
	LocaleDe      Locale = "de"
	LocaleEs      Locale = "es"
	LocaleJa      Locale = "ja"
	LocaleRu      Locale = "ru"
	LocaleZhCN    Locale = "zh_CN"
	LocaleZhTW    Locale = "zh_TW"
	LocalePtBR    Locale = "pt_BR"
	LocaleDefault Locale = "default"
)

// StorageType says whether a user's storage has a limit.
type StorageType string

// Kinds of storage.
const (
	StorageTypeUnlimited StorageType = "UNLIMITED"
	StorageTypeQuota     StorageType = "QUOTA"
)

// BooleanEnum is a boolean that can also be left unchanged.
type BooleanEnum string

// Values of BooleanEnum.
const (
	BooleanEnumTrue  BooleanEnum = "TRUE"
	BooleanEnumFalse BooleanEnum = "FALSE"
)

// UserFilter selects the users in a listing.
type UserFilter string

// Values of UserFilter.
const (
	UserFilterAll           UserFilter = "ALL"
	UserFilterActivePending UserFilter = "ACTIVE_PENDING"
)

// UserSort is a key to sort users by.
type UserSort string

// Sort keys for users.
const (
	UserSortUserName     UserSort = "USER_NAME"
	UserSortFullName     UserSort = "FULL_NAME"
	UserSortStorageLimit UserSort = "STORAGE_LIMIT"
	UserSortUserStatus   UserSort = "USER_STATUS"
	UserSortStorageUsed  UserSort = "STORAGE_USED"
)

// StorageRule limits what a user may store.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_StorageRuleType.html
type StorageRule struct {
	// StorageAllocatedInBytes is the limit. A pointer to 0 is a limit too; nil sends
	// none.
	StorageAllocatedInBytes *int64      `json:"StorageAllocatedInBytes,omitzero"`
	StorageType             StorageType `json:"StorageType,omitzero"`
}

// UserStorageMetadata says how much a user stores, and how much the user may
// store.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_UserStorageMetadata.html
type UserStorageMetadata struct {
	StorageUtilizedInBytes int64       `json:"StorageUtilizedInBytes,omitzero"`
	StorageRule            StorageRule `json:"StorageRule,omitzero"`
}

// User is a user of a site.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_User.html
type User struct {
	ID                 string              `json:"Id,omitzero"`
	Username           string              `json:"Username,omitzero"` // to log in with
	EmailAddress       string              `json:"EmailAddress,omitzero"`
	GivenName          string              `json:"GivenName,omitzero"`
	Surname            string              `json:"Surname,omitzero"`
	OrganizationID     string              `json:"OrganizationId,omitzero"`
	RootFolderID       string              `json:"RootFolderId,omitzero"`
	RecycleBinFolderID string              `json:"RecycleBinFolderId,omitzero"`
	Status             UserStatus          `json:"Status,omitzero"`
	Type               UserType            `json:"Type,omitzero"`
	CreatedTimestamp   time.Time           `json:"CreatedTimestamp,omitzero"`
	ModifiedTimestamp  time.Time           `json:"ModifiedTimestamp,omitzero"`
	TimeZoneID         string              `json:"TimeZoneId,omitzero"`
	Locale             Locale              `json:"Locale,omitzero"`
	Storage            UserStorageMetadata `json:"Storage,omitzero"`
}

// UserMetadata identifies a user in an activity.
//
// API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_UserMetadata.html
type UserMetadata struct {
	ID           string `json:"Id,omitzero"`
	Username     string `json:"Username,omitzero"`
	GivenName    string `json:"GivenName,omitzero"`
	Surname      string `json:"Surname,omitzero"`
	EmailAddress string `json:"EmailAddress,omitzero"`
}
