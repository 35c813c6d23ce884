package workdocstest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestComments(t *testing.T) {
	f := newFixture(t)
	document, version := f.AddDocument(f.RootFolder(), "a.txt", []byte("x"))
	writer, writerToken, _ := f.newUser("ada")
	reader, readerToken, _ := f.newUser("bob")
	f.share(document, "USER", writer, "CONTRIBUTOR")
	f.share(document, "USER", reader, "VIEWER")
	path := "/api/v1/documents/" + document + "/versions/" + version + "/comment"

	first := f.want(f.call("POST", path, `{"Text":"first"}`), 201, "")
	id := first.text("Comment", "CommentId")
	equal(t, "a thread of its own", []string{id, "PUBLISHED", "PUBLIC"},
		[]string{first.text("Comment", "ThreadId"), first.text("Comment", "Status"), first.text("Comment", "Visibility")})
	reply := f.want(f.as(writerToken, "POST", path, `{"Text":"reply","ParentId":"`+id+`","Visibility":"PRIVATE"}`),
		201, "")
	equal(t, "a reply", []string{id, id, first.text("Comment", "Contributor", "Id")},
		[]string{reply.text("Comment", "ThreadId"), reply.text("Comment", "ParentId"), reply.text("Comment", "RecipientId")})
	other := f.want(f.call("POST", path, `{"Text":"other"}`), 201, "").text("Comment", "CommentId")
	f.want(f.call("POST", path, `{"Text":"lost","ParentId":"`+id+`","ThreadId":"`+other+`"}`), 409,
		"InvalidCommentOperationException")
	f.want(f.call("POST", path, `{"Text":"lost","ParentId":"nowhere"}`), 404, "EntityNotExistsException")
	f.want(f.as(readerToken, "POST", path, `{"Text":"no"}`), 404, "UnauthorizedResourceAccessException")
	f.want(f.call("POST", path, `{"Text":"private","Visibility":"PRIVATE"}`), 201, "")

	for name, test := range map[string]struct {
		token string
		want  []string
	}{
		"owner":       {"", []string{"first", "reply", "other", "private"}},
		"contributor": {writerToken, []string{"first", "reply", "other"}},
		"viewer":      {readerToken, []string{}},
	} {
		got := f.call("GET", path+"s", "")
		if test.token != "" {
			got = f.as(test.token, "GET", path+"s", "")
		}
		equal(t, name, test.want, f.want(got, 200, "").texts("Comments", "Text"))
	}

	f.want(f.as(writerToken, "DELETE", path+"/"+id, ""), 404, "UnauthorizedResourceAccessException")
	f.want(f.call("DELETE", path+"/"+id, ""), 204, "")
	f.want(f.call("DELETE", path+"/"+id, ""), 404, "EntityNotExistsException")
	f.want(f.call("DELETE", path+"/"+other, ""), 204, "")
	got := f.want(f.call("GET", path+"s", ""), 200, "")
	equal(t, "after deletion", []string{"DELETED", "PUBLISHED", "PUBLISHED"}, got.texts("Comments", "Status"))
	equal(t, "texts after deletion", []string{"", "reply", "private"}, got.texts("Comments", "Text"))

	draft := f.begin(f.RootFolder(), "draft")
	f.want(f.call("POST", versionPath(draft)+"/comment", `{"Text":"x"}`), 409, "ProhibitedStateException")
}

func TestLabels(t *testing.T) {
	f := newFixture(t)
	folder := f.AddFolder(f.RootFolder(), "folder")
	path := "/api/v1/resources/" + folder + "/labels"
	labels := func() any {
		return f.want(f.call("GET", "/api/v1/folders/"+folder, ""), 200, "").get("Metadata", "Labels")
	}
	var many []string
	for i := range 19 {
		many = append(many, fmt.Sprintf(`"label %d"`, i))
	}
	f.want(f.call("PUT", path, `{"Labels":[`+strings.Join(many, ",")+`]}`), 200, "")
	f.want(f.call("PUT", path, `{"Labels":["label 1","b+c"]}`), 200, "")
	f.want(f.call("PUT", path, `{"Labels":["one too many"]}`), 429, "TooManyLabelsException")
	f.want(f.call("DELETE", path+"?labels=label%201&labels=b%2Bc&labels=unknown", ""), 200, "")
	if got := labels().([]any); len(got) != 18 || got[1] != "label 2" {
		t.Errorf("labels: %v", got)
	}
	f.want(f.call("DELETE", path+"?deleteAll=true", ""), 200, "")
	equal(t, "labels", nil, labels())
}

func TestCustomMetadata(t *testing.T) {
	f := newFixture(t)
	document, version := f.AddDocument(f.RootFolder(), "a.txt", nil)
	path := "/api/v1/resources/" + document + "/customMetadata"
	of := func(what string) any {
		return f.want(f.call("GET", what+"?includeCustomMetadata=true", ""), 200, "").get("CustomMetadata")
	}
	doc := "/api/v1/documents/" + document
	f.want(f.call("PUT", path, `{"CustomMetadata":{"a b":"1","c":"2"}}`), 200, "")
	f.want(f.call("PUT", path, `{"CustomMetadata":{"c":"3","d":"4"}}`), 200, "")
	f.want(f.call("PUT", path+"?versionid="+version, `{"CustomMetadata":{"v":"5"}}`), 200, "")
	f.want(f.call("PUT", path, `{"CustomMetadata":{"e":"","f":"x"}}`), 400, "InvalidArgumentException")
	f.want(f.call("PUT", path, `{"CustomMetadata":{"1":"x","2":"x","3":"x","4":"x","5":"x","6":"x"}}`), 429,
		"CustomMetadataLimitExceededException")
	equal(t, "document", any(map[string]any{"a b": "1", "c": "3", "d": "4"}), of(doc))
	equal(t, "version", any(map[string]any{"v": "5"}), of(doc+"/versions/"+version))
	f.want(f.call("DELETE", path+"?keys=a%20b&keys=d", ""), 200, "")
	f.want(f.call("DELETE", path+"?deleteAll=true&versionId="+version, ""), 200, "")
	f.want(f.call("DELETE", path+"?deleteAll=true&versionId=nothing", ""), 404, "EntityNotExistsException")
	equal(t, "document in the end", any(map[string]any{"c": "3"}), of(doc))
	equal(t, "version in the end", nil, of(doc+"/versions/"+version))
	if plain := f.call("GET", doc, ""); plain.get("CustomMetadata") != nil {
		t.Error("custom metadata that nobody asked for")
	}
}

func TestActivities(t *testing.T) {
	f := newFixture(t)
	user, token, root := f.newUser("ada")
	reader, readerToken, _ := f.newUser("bob")
	step := func(method, path, body string) answer {
		f.advance(time.Second)
		return f.as(token, method, "/api/v1/"+path, body)
	}
	folder := f.want(step("POST", "folders", `{"Name":"one","ParentFolderId":"`+root+`"}`), 201, "").text("Metadata", "Id")
	begun := f.want(step("POST", "documents", `{"Name":"a.txt","ParentFolderId":"`+folder+`"}`), 201, "")
	f.put(begun, "x")
	f.want(step("PATCH", strings.TrimPrefix(versionPath(begun), "/api/v1/"), `{"VersionStatus":"ACTIVE"}`), 200, "")
	f.want(step("PATCH", "folders/"+folder, `{"Name":"two"}`), 200, "")
	f.want(step("POST", "resources/"+folder+"/permissions",
		`{"Principals":[{"Id":"`+reader+`","Type":"USER","Role":"VIEWER"}]}`), 201, "")

	all := "/api/v1/activities?organizationId=" + f.OrganizationID()
	for query, want := range map[string][]string{
		"": {"FOLDER_SHARED", "FOLDER_RENAMED", "DOCUMENT_VERSION_UPLOADED", "FOLDER_CREATED"},
		"&includeIndirectActivities=true": {"DOCUMENT_SHARED", "FOLDER_SHARED", "FOLDER_RENAMED", "DOCUMENT_VERSION_UPLOADED",
			"FOLDER_CREATED"},
		"&activityTypes=FOLDER_CREATED,FOLDER_SHARED": {"FOLDER_SHARED", "FOLDER_CREATED"},
		"&userId=" + escaped(user): {"FOLDER_SHARED", "FOLDER_RENAMED", "DOCUMENT_VERSION_UPLOADED",
			"FOLDER_CREATED"},
		"&userId=" + escaped(reader):         {},
		"&resourceId=" + folder:              {"FOLDER_SHARED", "FOLDER_RENAMED", "FOLDER_CREATED"},
		"&startTime=2026-03-01T12:00:03.25Z": {"FOLDER_SHARED", "FOLDER_RENAMED"},
		"&endTime=2026-03-01T12:00:03.25Z":   {"FOLDER_CREATED"},
	} {
		equal(t, "activities"+query, want, f.want(f.call("GET", all+query, ""), 200, "").texts("UserActivities", "Type"))
	}
	got := f.want(f.as(readerToken, "GET", "/api/v1/activities?limit=2", ""), 200, "")
	equal(t, "names", []string{"two", "two"}, got.texts("UserActivities", "ResourceMetadata", "Name"))
	equal(t, "initiators", []string{user, user}, got.texts("UserActivities", "Initiator", "Id"))
	equal(t, "participant", reader, got.text("UserActivities", 0, "Participants", "Users", 0, "Id"))
	equal(t, "old name", "one", got.text("UserActivities", 1, "ResourceMetadata", "OriginalName"))
	_, stranger, _ := f.newUser("eve")
	equal(t, "a stranger's view", `{"UserActivities":[]}`, f.as(stranger, "GET", "/api/v1/activities", "").body)
	f.want(f.call("GET", "/api/v1/activities?organizationId=another", ""), 404, "UnauthorizedResourceAccessException")
}
