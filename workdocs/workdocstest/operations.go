package workdocstest

import (
	"net/http"
	"net/url"
	"strings"
)

// caller says who may call an operation.
type caller int

const (
	// The documentation of each operation says which credentials it accepts.
	anyone          caller = iota // with a signature, or a token of any user with access
	aUser                         // only with a user's token
	anAdministrator               // with a signature, or an administrator's token
	theAccount                    // only with a signature
)

// operation is one operation of the API. run returns the answer, which is nil
// if the operation has none.
type operation struct {
	name   string
	route  string // method and path
	status int    // of success
	caller caller
	run    func(*Server, *call) (any, error)
}

// operations has all operations of the API, by name. Routes and statuses are
// those of the API's model.
var operations = []operation{
	{"AbortDocumentVersionUpload", "DELETE /api/v1/documents/{DocumentId}/versions/{VersionId}", 204, anyone, (*Server).abortDocumentVersionUpload},
	{"ActivateUser", "POST /api/v1/users/{UserId}/activation", 200, anAdministrator, (*Server).activateUser},
	{"AddResourcePermissions", "POST /api/v1/resources/{ResourceId}/permissions", 201, anyone, (*Server).addResourcePermissions},
	{"CreateComment", "POST /api/v1/documents/{DocumentId}/versions/{VersionId}/comment", 201, anyone, (*Server).createComment},
	{"CreateCustomMetadata", "PUT /api/v1/resources/{ResourceId}/customMetadata", 200, anyone, (*Server).createCustomMetadata},
	{"CreateFolder", "POST /api/v1/folders", 201, anyone, (*Server).createFolder},
	{"CreateLabels", "PUT /api/v1/resources/{ResourceId}/labels", 200, anyone, (*Server).createLabels},
	{"CreateNotificationSubscription", "POST /api/v1/organizations/{OrganizationId}/subscriptions", 200, theAccount, (*Server).createNotificationSubscription},
	{"CreateUser", "POST /api/v1/users", 201, anAdministrator, (*Server).createUser},
	{"DeactivateUser", "DELETE /api/v1/users/{UserId}/activation", 204, anAdministrator, (*Server).deactivateUser},
	{"DeleteComment", "DELETE /api/v1/documents/{DocumentId}/versions/{VersionId}/comment/{CommentId}", 204, anyone, (*Server).deleteComment},
	{"DeleteCustomMetadata", "DELETE /api/v1/resources/{ResourceId}/customMetadata", 200, anyone, (*Server).deleteCustomMetadata},
	{"DeleteDocument", "DELETE /api/v1/documents/{DocumentId}", 204, anyone, (*Server).deleteDocument},
	{"DeleteDocumentVersion", "DELETE /api/v1/documentVersions/{DocumentId}/versions/{VersionId}", 204, anyone, (*Server).deleteDocumentVersion},
	{"DeleteFolder", "DELETE /api/v1/folders/{FolderId}", 204, anyone, (*Server).deleteFolder},
	{"DeleteFolderContents", "DELETE /api/v1/folders/{FolderId}/contents", 204, anyone, (*Server).deleteFolderContents},
	{"DeleteLabels", "DELETE /api/v1/resources/{ResourceId}/labels", 200, anyone, (*Server).deleteLabels},
	{"DeleteNotificationSubscription", "DELETE /api/v1/organizations/{OrganizationId}/subscriptions/{SubscriptionId}", 200, theAccount, (*Server).deleteNotificationSubscription},
	{"DeleteUser", "DELETE /api/v1/users/{UserId}", 204, anAdministrator, (*Server).deleteUser},
	{"DescribeActivities", "GET /api/v1/activities", 200, anyone, (*Server).describeActivities},
	{"DescribeComments", "GET /api/v1/documents/{DocumentId}/versions/{VersionId}/comments", 200, anyone, (*Server).describeComments},
	{"DescribeDocumentVersions", "GET /api/v1/documents/{DocumentId}/versions", 200, anyone, (*Server).describeDocumentVersions},
	{"DescribeFolderContents", "GET /api/v1/folders/{FolderId}/contents", 200, anyone, (*Server).describeFolderContents},
	{"DescribeGroups", "GET /api/v1/groups", 200, anyone, (*Server).describeGroups},
	{"DescribeNotificationSubscriptions", "GET /api/v1/organizations/{OrganizationId}/subscriptions", 200, theAccount, (*Server).describeNotificationSubscriptions},
	{"DescribeResourcePermissions", "GET /api/v1/resources/{ResourceId}/permissions", 200, anyone, (*Server).describeResourcePermissions},
	{"DescribeRootFolders", "GET /api/v1/me/root", 200, aUser, (*Server).describeRootFolders},
	{"DescribeUsers", "GET /api/v1/users", 200, anyone, (*Server).describeUsers},
	{"GetCurrentUser", "GET /api/v1/me", 200, aUser, (*Server).getCurrentUser},
	{"GetDocument", "GET /api/v1/documents/{DocumentId}", 200, anyone, (*Server).getDocument},
	{"GetDocumentPath", "GET /api/v1/documents/{DocumentId}/path", 200, anyone, (*Server).getDocumentPath},
	{"GetDocumentVersion", "GET /api/v1/documents/{DocumentId}/versions/{VersionId}", 200, anyone, (*Server).getDocumentVersion},
	{"GetFolder", "GET /api/v1/folders/{FolderId}", 200, anyone, (*Server).getFolder},
	{"GetFolderPath", "GET /api/v1/folders/{FolderId}/path", 200, anyone, (*Server).getFolderPath},
	{"GetResources", "GET /api/v1/resources", 200, anyone, (*Server).getResources},
	{"InitiateDocumentVersionUpload", "POST /api/v1/documents", 201, anyone, (*Server).initiateDocumentVersionUpload},
	{"RemoveAllResourcePermissions", "DELETE /api/v1/resources/{ResourceId}/permissions", 204, anyone, (*Server).removeAllResourcePermissions},
	{"RemoveResourcePermission", "DELETE /api/v1/resources/{ResourceId}/permissions/{PrincipalId}", 204, anyone, (*Server).removeResourcePermission},
	{"RestoreDocumentVersions", "POST /api/v1/documentVersions/restore/{DocumentId}", 204, anyone, (*Server).restoreDocumentVersions},
	{"SearchResources", "POST /api/v1/search", 200, anyone, (*Server).searchResources},
	{"UpdateDocument", "PATCH /api/v1/documents/{DocumentId}", 200, anyone, (*Server).updateDocument},
	{"UpdateDocumentVersion", "PATCH /api/v1/documents/{DocumentId}/versions/{VersionId}", 200, anyone, (*Server).updateDocumentVersion},
	{"UpdateFolder", "PATCH /api/v1/folders/{FolderId}", 200, anyone, (*Server).updateFolder},
	{"UpdateUser", "PATCH /api/v1/users/{UserId}", 200, anAdministrator, (*Server).updateUser},
}

// route returns the operation that a request is for, and the variable segments
// of its path by name. Segments are decoded once, after they were split, so
// that an escaped slash does not end a segment.
func route(r *http.Request) (*operation, map[string]string, bool) {
	segments := strings.Split(r.URL.EscapedPath(), "/")
	for i, segment := range segments {
		text, err := url.PathUnescape(segment)
		if err != nil {
			return nil, nil, false
		}
		segments[i] = text
	}
	for i := range operations {
		op := &operations[i]
		method, pattern, _ := strings.Cut(op.route, " ")
		if method != r.Method {
			continue
		}
		if parts, ok := match(strings.Split(pattern, "/"), segments); ok {
			return op, parts, true
		}
	}
	return nil, nil, false
}

// match compares the segments of a path with those of a route, and returns the
// values of its parameters. No two routes match the same path.
func match(pattern, segments []string) (map[string]string, bool) {
	if len(pattern) != len(segments) {
		return nil, false
	}
	parts := make(map[string]string)
	for i, part := range pattern {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			parts[strings.TrimSuffix(name, "}")] = segments[i]
		} else if part != segments[i] {
			return nil, false
		}
	}
	return parts, true
}
