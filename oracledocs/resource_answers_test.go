package oracledocs

import (
	"reflect"
	"strings"
	"testing"

	jsonv2 "github.com/go-json-experiment/json"
)

// Members that occur in several answers.
const (
	userAA     = `{"id":"U0EAA20910FAF3052ACB79E4T00000000001","displayName":"User AA","loginName":"UserAA","type":"user"}`
	userBB     = `{"id":"U7ECC74059E0FEDFEC66BF5AT00000000001","displayName":"User BB","loginName":"userBBLoginName","provisioningStatus":"active","type":"user"}`
	linkObject = `"linkID":"LF906748A021ACD714CABC82T0000000000100000001","linkName":"MyLinkOne","assignedUsers":"@serviceinstance","role":"contributor",
		"type":"publiclink","createdTime":"2015-06-10T16:01:44Z","expirationTime":"2016-01-01T00:00:01Z","lastModifiedTime":"2015-06-10T16:01:44Z",
		"ownedBy":` + userAA
	collectionObject = `"type":"collection","id":"FB0CC049082D12D32B3A8774T0000DEFAULT00000000","name":"myCollection","createdBy":` + userAA +
		`,"modifiedBy":` + userAA + `,"ownedBy":` + userAA + `,"createdTime":"2017-05-15T22:40:30Z","modifiedTime":"2017-05-15T22:40:30Z","description":"REST Collection"`
	member = `{"id":"U7ECC74059E0FEDFEC66BF5AT00000000001","displayName":"User BB","type":"user","isSuccessful":"1","provisioningStatus":"active","role":"viewer"}`
	app    = `"createdTime":"2023-05-03T11:26:27Z","id":"7579B0A49C7A34960929793458C1B355","isEnabled":"true","modifiedTime":"2023-05-03T15:22:14Z",
		"name":"testapp01","links":[{"href":"https://www.example.com","rel":"self"}]`
	applink = `{"appLinkID":"LDhsn4VPTsnDnKpKLFZTCkjaPkYbMC6-3taYSdJAazckhezJ2HlSjs2THOou6cCAvxcRnw5gpXcU7pIRkCmWN8kEToJHFwwZ-ptWvPGhJaiirl9baL9mka14WnwpL6auOO40==",
		"accessToken":"access","appLinkUrl":"http://www.example.com/documents/embed/link/app/L/fileview/DFD11F62E911327CB1F160F6T0000000000100000001",
		"refreshToken":"refresh","role":"manager","id":"DFD11F62E911327CB1F160F6T0000000000100000001","type":"applink","errorCode":"0"}`
	apiVersion = `{"version":"1.1","lifecycle":"active","isLatest":"false","terminationDate":"2030-01-01T00:00:00Z",
		"catalog":{"links":[{"ref":"canonical","href":"https://www.example.com/documents/api/1.1/metadata-catalog"}]},
		"links":[{"ref":"canonical","href":"https://www.example.com/documents/api/1.1"}]}`
	changedFile   = `{"idList":"D3C1C1F319CFE6B102095C5DT0000000000100000001","type":"file","errorCode":"0"}`
	changedFolder = `{"idList":"F94131468853B4845E0508854EE870070A1AA68C3354","type":"folder","errorCode":"0"}`
	assigned      = `"metadataFields":{"CollectionA":{"isEnabled":1,"isInherited":1,"type":"collection","items":[
		{"type":"field","fieldName":"A1","fieldType":"string","isEnabled":1,"fieldDescription":"First","defaultValue":"none"},
		{"type":"field","fieldName":"A2","fieldType":"string","isEnabled":0}]}}`
	assets = `{"count":"2","errorCode":"0","id":"FB0CC049082D12D32B3A8774T0000DEFAULT00000000",
		"idList":"DDEA5A0845C4628E6DAAE369T0000DEFAULT00000000,DD65472E2B67302C13474B5BT0000DEFAULT00000000","type":"collection",
		"items":[{"type":"file","id":"DDEA5A0845C4628E6DAAE369T0000DEFAULT00000000","timeStamp":"{ts '2017-04-04 12:45:52.084'}"}]}`
	shareDone = `{"errorCode":"0","id":"F1321DC48E3B123D02DBEE88T0000000000100000001","members":[` + member + `],"user":` + userBB + `,"type":"share","role":"manager"}`
	site      = `{"id":"F1","name":"Site Sample","description":"D","type":"site","createdBy":` + userAA + `,"createdTime":"2017-05-15T22:40:30Z","modifiedBy":` + userAA +
		`,"modifiedTime":"2017-05-15T22:40:30Z","ownedBy":` + userAA + `,"errorCode":"0"}`
)

// Each answer is the documented example, or has all documented members.
func TestResourceAnswers(t *testing.T) {
	for _, test := range []struct {
		into any
		body string
	}{
		{&CreateFileApplinkResponse{}, applink},
		{&CreateFolderApplinkResponse{}, applink},
		{&RefreshApplinkTokenResponse{}, `{"accessToken":"new","type":"applink","errorCode":"0"}`},
		{&GetAPIVersionsResponse{}, `{"items":[` + apiVersion + `,` + apiVersion + `]}`},
		{&GetAPIVersionResponse{}, `{"items":[` + apiVersion + `]}`},
		{&GetAPICatalogResponse{}, `{"items":[{"name":"files","links":[{"ref":"describes","href":"https://www.example.com/documents/api/1.1/files"}]}]}`},
		{&GetResourceCatalogResponse{}, `{"$schema":"http://json-schema.org/schema#","type":"object",
			"properties":{"size":{"type":"integer","description":"bytes"},"createdBy":{"type":"object","properties":{"id":{"type":"string"}}},"any":[1.5,true]},
			"links":[{"rel":"self","href":"https://www.example.com","method":"GET"}]}`},
		{&ListClientApplicationsResponse{}, `{"count":"1","hasMore":"1","limit":"50","offset":"20","totalResults":"71","items":[{` + app + `}],
			"links":[{"href":"https://www.example.com","rel":"canonical"}],"errorCode":"0"}`},
		{&CreateClientApplicationResponse{}, `{` + app + `,"errorCode":"0"}`},
		{&GetClientApplicationResponse{}, `{` + app + `,"errorCode":"0"}`},
		{&UpdateClientApplicationResponse{}, `{` + app + `,"errorCode":"0"}`},
		{&DeleteClientApplicationResponse{}, `{"errorCode":"0","id":"FB07627B44FA7618F0B7260B09C370AD","type":"clientApplication"}`},
		{&CreateCollectionResponse{}, `{` + collectionObject + `,"childItemsCount":"3","errorCode":"0"}`},
		{&ListCollectionsResponse{}, `{"count":"1","errorCode":"0","hasMore":"0","offset":"0","totalOwned":"1","totalResults":"1","totalShared":"0","items":[{` + collectionObject + `}]}`},
		{&ChangedItemsResponse{}, `{"errorCode":"0","idList":"F79BD107FC398ED6FB482274T0000DEFAULT00000000","type":"collection"}`},
		{&AddAssetsToCollectionResponse{}, assets},
		{&RemoveAssetsFromCollectionResponse{}, assets},
		{&AddAssetToCollectionResponse{}, `{"errorCode":"0","id":"F072ECEAE8DFE10499D8C160T0000DEFAULT00000000","itemID":"DDEA5A0845C4628E6DAAE369T0000DEFAULT00000000","type":"collection"}`},
		{&RemoveAssetFromCollectionResponse{}, `{"errorCode":"0","id":"F072ECEAE8DFE10499D8C160T0000DEFAULT00000000","type":"collection"}`},
		{&GetCollaborationConfigResponse{}, `{"errorCode":"0","cListURL":"http://host/osn/web/cList","clientURL":"http://host/osn","oAuthCListURL":"http://host/osnoauth/web/cList",
			"oAuthClientURL":"http://host/osnoauth","restURL":"http://host/osn/social/api/v1","serviceURL":"http://host/osn"}`},
		{&GetCDNConfigResponse{}, `{"errorCode":"0","items":[{"type":"config","domain":"www.deliveryDomain.com","description":"Delivery Site Description"}]}`},
		{&GetEmailNotificationConfigResponse{}, `{"errorCode":"0","disableEmailNotifications":"true","type":"config"}`},
		{&SetEmailNotificationConfigResponse{}, `{"errorCode":"0","type":"config"}`},
		{&GetAvailableMetadataCollectionsResponse{},
			`{"errorCode":0,` + strings.Replace(assigned, "metadataFields", "metadataCollections", 1) + `}`},
		{&GetMetadataCollectionResponse{}, `{"errorCode":"0","isEnabled":"1","type":"collection","items":[{"type":"field","fieldName":"B1","fieldType":"string","isEnabled":"0"}]}`},
		{&GetSearchableMetadataFieldsResponse{}, `{"type":"metadata","errorCode":"0","number":"2","fields":"SearchableCollection.searchField1,SearchableCollection.searchField2"}`},
		{&ChangedItemsResponse{}, changedFile},
		{&ChangedItemsResponse{}, changedFile},
		{&GetFileMetadataResponse{}, `{"idList":"D3","type":"file","errorCode":"0","metadata":{"CollectionA":{"FieldA1":"Value1","FieldA2":"Value2"}}}`},
		{&ChangedItemsResponse{}, changedFile},
		{&GetFileAssignedMetadataCollectionsResponse{}, `{"idList":"D3","type":"file","errorCode":"0",` + assigned + `}`},
		{&ChangedItemsResponse{}, changedFolder},
		{&ChangedItemsResponse{}, changedFolder},
		{&GetFolderMetadataResponse{}, `{"idList":"F9","type":"folder","errorCode":"0","metadata":{"CollectionA":{"FieldA1":"Value1"}}}`},
		{&ChangedItemsResponse{}, changedFolder},
		{&GetFolderAssignedMetadataCollectionsResponse{}, `{"idList":"F9","type":"folder","errorCode":"0",` + assigned + `}`},
		{&CreateFilePublicLinkResponse{}, `{` + linkObject + `,"id":"D1","errorCode":"0"}`},
		{&GetFilePublicLinksResponse{}, `{"count":"2","id":"F4E111D0D0645CD368453C2BT0000000000100000001","type":"file","errorCode":"0","items":[{` + linkObject + `}]}`},
		{&CreateFolderPublicLinkResponse{}, `{` + linkObject + `,"id":"FBE1117A270E747BB1D95024T0000000000100000001","errorCode":"0"}`},
		{&GetFolderPublicLinksResponse{}, `{"count":"1","id":"F4","type":"folder","errorCode":"0","items":[{` + linkObject + `}]}`},
		{&GetPublicLinkResponse{}, `{` + linkObject + `,"errorCode":"0"}`},
		{&EditPublicLinkResponse{}, `{` + linkObject + `,"errorCode":"0"}`},
		{&DeletePublicLinkResponse{}, `{"linkID":"LD86738D81BB59C8FA9A9497T0000000000100000001","type":"publiclink","errorCode":"0"}`},
		{&ShareFolderResponse{}, shareDone},
		{&GetSharedFolderUsersResponse{}, `{"count":"1","id":"F1","type":"share","errorCode":"0","items":[{"type":"share","role":"manager","user":` + userBB + `}],"ownedBy":` + userAA + `}`},
		{&EditSharedFolderUserRoleResponse{}, shareDone},
		{&RevokeUserResponse{}, strings.Replace(shareDone, `,"role":"manager"`, "", 1)},
		{&RevokeCurrentUserResponse{}, `{"id":"F1321DC48E3B123D02DBEE88T0000000000100000001","type":"share","errorCode":"0","members":[` + member + `],"user":` + userBB + `}`},
		{&UnshareFolderResponse{}, `{"id":"F1321DC48E3B123D02DBEE88T0000000000100000001","type":"share","errorCode":"0"}`},
		{&CreateSiteFromSiteResponse{}, site},
		{&CreateSiteFromTemplateResponse{}, site},
		{&GetUsersResponse{}, `{"count":"1","errorCode":"0","items":[` + userAA + `]}`},
		{&GetUserWithEmailResponse{}, `{"count":"1","errorCode":"0","items":[` + userAA + `]}`},
	} {
		if _, err := newDialect(V1_2).Decode([]byte(test.body), nil, test.into); err != nil {
			t.Errorf("%v: %s", err, test.body)
			continue
		}
		checkKept(t, reflect.TypeOf(test.into).Elem().Name(), V1_2, []byte(test.body), test.into)
	}
}

// The schemas spell some members in another way than the examples.
func TestResourceAnswersSpelling(t *testing.T) {
	var made CreateCollectionResponse
	if _, err := newDialect(V1_1).Decode([]byte(`{"childitemsCount":3,"errorCode":0}`), nil, &made); err != nil ||
		made.ChildItemsCount != 3 || made.ErrorCode != "0" {
		t.Errorf("got %+v, %v", made, err)
	}
}

// Whatever comes, the answers whose form the reference leaves open are read
// or refused; what was read can be read again.
func FuzzLenientAnswers(f *testing.F) {
	for _, seed := range []string{
		apiVersion, `{"items":[` + apiVersion + `]}`, `{` + assigned + `}`, `{"metadataFields":[{"A":{}}]}`,
		`{"items":{"role":"viewer"}}`, `{"items":{"items":[]}}`, `{"items":null}`, `[]`, ``,
	} {
		f.Add([]byte(seed))
	}
	dialect := newDialect(V1_2)
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, into := range []any{&eitherVersion{}, &GetSharedFolderUsersResponse{},
			&GetFileAssignedMetadataCollectionsResponse{}} {
			if _, err := dialect.Decode(body, nil, into); err != nil {
				continue
			}
			again, err := jsonv2.Marshal(into, dialect.JSON)
			if err != nil {
				continue // text that is not UTF-8
			}
			if _, err := dialect.Decode(again, nil, reflect.New(reflect.TypeOf(into).Elem()).Interface()); err != nil {
				t.Errorf("%v: %s", err, again)
			}
		}
	})
}
