package oracledocs_test

import (
	"errors"
	"testing"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/google/go-cmp/cmp"
)

func TestCollections(t *testing.T) {
	srv, c, _ := both(t)
	at := time.Date(2017, 4, 4, 12, 45, 52, 0, time.UTC)
	srv.SetClock(func() time.Time { return at })
	one := srv.AddFile(oracledocstest.User, "self", "one.png", nil)
	two := srv.AddFile(oracledocstest.User, "self", "two.png", nil)

	made := must(c.CreateCollection(t.Context(),
		oracledocs.CreateCollectionRequest{Name: "Logos", Description: "All of them"}))(t)
	if made.Name != "Logos" || made.Type != "collection" || made.CreatedBy.LoginName != oracledocstest.User ||
		!made.CreatedTime.Equal(at) {
		t.Errorf("made %+v", made)
	}
	list := must(c.ListCollections(t.Context(), oracledocs.ListCollectionsRequest{}))(t)
	if diff := cmp.Diff([]oracledocs.Collection{made.Collection}, list.Items); diff != "" || list.Count != 1 ||
		list.TotalOwned != 1 || list.HasMore {
		t.Errorf("listed %+v: %s", list, diff)
	}

	added := must(c.AddAssetToCollection(t.Context(),
		oracledocs.AddAssetToCollectionRequest{CollectionID: made.ID, FileID: one}))(t)
	if added.ID != made.ID || added.ItemID != one || added.Type != "collection" {
		t.Errorf("added %+v", added)
	}
	files := oracledocs.AddAssetsToCollectionRequest{CollectionID: made.ID, IDList: []string{one, two}}
	_, err := c.AddAssetsToCollection(t.Context(), files)
	if refused, ok := errors.AsType[*docferry.Error](err); !ok || refused.Code != oracledocs.CodeAlreadyInCollection ||
		!errors.Is(err, docferry.ErrConflict) {
		t.Errorf("added twice: %v", err)
	}
	files.SkipDuplicate = true
	more := must(c.AddAssetsToCollection(t.Context(), files))(t)
	want := []oracledocs.CollectionAsset{{Type: "file", ID: one, TimeStamp: at}, {Type: "file", ID: two, TimeStamp: at}}
	if diff := cmp.Diff(want, more.Items); diff != "" || more.Count != 1 || !cmp.Equal(more.IDList, []string{one, two}) {
		t.Errorf("added %+v: %s", more, diff)
	}
	if got, want := c.last(t).body, `{"idList":"`+one+","+two+`","skipDuplicate":"1"}`; got != want {
		t.Errorf("sent %s, want %s", got, want)
	}

	out := must(c.RemoveAssetFromCollection(t.Context(),
		oracledocs.RemoveAssetFromCollectionRequest{CollectionID: made.ID, FileID: one}))(t)
	if out.ID != made.ID {
		t.Errorf("removed from %+v", out)
	}
	rest := must(c.RemoveAssetsFromCollection(t.Context(), oracledocs.RemoveAssetsFromCollectionRequest{
		CollectionID: made.ID, IDList: []string{one, two}, SkipIfNotInCollection: true,
	}))(t)
	if rest.Count != 1 || len(rest.Items) != 2 {
		t.Errorf("removed %+v", rest)
	}
	if sent := c.last(t); sent.method != "DELETE" || sent.query != "" ||
		sent.body != `{"idList":"`+one+","+two+`","skipIfNotInCollection":"1"}` {
		t.Errorf("sent %+v", sent)
	}

	gone := must(c.DeleteCollection(t.Context(), oracledocs.DeleteCollectionRequest{CollectionID: made.ID}))(t)
	if !cmp.Equal(gone.IDList, []string{made.ID}) || gone.Type != "collection" {
		t.Errorf("deleted %+v", gone)
	}
	if _, err := c.DeleteCollection(t.Context(),
		oracledocs.DeleteCollectionRequest{CollectionID: made.ID}); !errors.Is(err, docferry.ErrNotFound) {
		t.Errorf("deleted twice: %v", err)
	}
}

func TestAllCollections(t *testing.T) {
	srv, c, v12 := both(t)
	for _, name := range []string{"A", "B", "C"} {
		must(c.CreateCollection(t.Context(), oracledocs.CreateCollectionRequest{Name: name}))(t)
	}
	all := c.AllCollections(t.Context(), oracledocs.ListCollectionsRequest{})
	name := func(col oracledocs.Collection) string { return col.Name }
	for range 2 { // each range starts over
		if names, err := collect(all, name); err != nil || !cmp.Equal(names, []string{"A", "B", "C"}) {
			t.Errorf("got %v, %v", names, err)
		}
	}
	for col, err := range all {
		if col.Name != "A" || err != nil {
			t.Errorf("first %v, %v", col, err)
		}
		break
	}
	srv.Next("ListCollections", oracledocstest.Answer(200, `{"items":[{"name":"A"}],"hasMore":"1"}`, "Content-Type",
		"application/json"))
	if names, err := collect(all, name); !errors.Is(err, docferry.ErrProtocol) || !cmp.Equal(names, []string{"A"}) {
		t.Errorf("with more to come: %v, %v", names, err)
	}
	srv.Next("ListCollections", oracledocstest.Refuse(403, oracledocs.CodeForbidden, "no"))
	if names, err := collect(all, name); !errors.Is(err, docferry.ErrForbidden) || names != nil {
		t.Errorf("refused: %v, %v", names, err)
	}
	v12.wantInputError(t, "Config.APIVersion", func() error {
		_, err := collect(v12.AllCollections(t.Context(), oracledocs.ListCollectionsRequest{}), name)
		return err
	})
	c.wantInputError(t, "IDList", func() error {
		_, err := c.AddAssetsToCollection(t.Context(), oracledocs.AddAssetsToCollectionRequest{CollectionID: "F1"})
		return err
	})
	c.wantInputError(t, "Name", func() error {
		_, err := c.CreateCollection(t.Context(), oracledocs.CreateCollectionRequest{Name: "a\nb"})
		return err
	})
}
