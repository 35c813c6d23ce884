package oracledocstest

// operations has every operation of the API, in either version, one a line. The
// names are those that [Server.Next] takes. The columns are explained at the
// type operation; an operation without a via takes no links.
var operations = []operation{
	// Applinks give one user access to one item for a limited time. An applink
	// cannot be used to create another.
	{name: "CreateFileApplink", route: "POST /applinks/file/{fileId}", versions: both, body: "assignedUser role userLocale userTimeZone", run: (*Server).createFileApplink},
	{name: "CreateFolderApplink", route: "POST /applinks/folder/{folderId}", versions: both, body: "assignedUser role userLocale userTimeZone", run: (*Server).createFolderApplink},
	{name: "RefreshApplinkToken", route: "PUT /applinks/token", versions: both, run: (*Server).refreshApplinkToken},

	// The catalogue describes the API itself. The list of versions is the only
	// operation whose path has no version.
	{name: "GetAPIVersions", route: "GET /", versions: both, root: true, run: (*Server).getAPIVersions},
	{name: "GetAPIVersion", route: "GET /", versions: both, run: (*Server).getAPIVersion},
	{name: "GetAPICatalog", route: "GET /metadata-catalog", versions: both, run: (*Server).getAPICatalog},
	{name: "GetApplinkCatalog", route: "GET /metadata-catalog/applinks", versions: both, run: (*Server).getResourceCatalog},
	{name: "GetCollectionCatalog", route: "GET /metadata-catalog/collections", versions: v11, run: (*Server).getResourceCatalog},
	{name: "GetConfigurationCatalog", route: "GET /metadata-catalog/configuration", versions: both, run: (*Server).getResourceCatalog},
	{name: "GetFileCatalog", route: "GET /metadata-catalog/files", versions: both, run: (*Server).getResourceCatalog},
	{name: "GetFolderCatalog", route: "GET /metadata-catalog/folders", versions: both, run: (*Server).getResourceCatalog},
	{name: "GetMetadataCatalog", route: "GET /metadata-catalog/metadata", versions: both, run: (*Server).getResourceCatalog},
	{name: "GetPublicLinkCatalog", route: "GET /metadata-catalog/publiclinks", versions: both, run: (*Server).getResourceCatalog},
	{name: "GetShareCatalog", route: "GET /metadata-catalog/shares", versions: both, run: (*Server).getResourceCatalog},
	{name: "GetSiteCatalog", route: "GET /metadata-catalog/sites", versions: v12, run: (*Server).getResourceCatalog},
	{name: "GetTemplateCatalog", route: "GET /metadata-catalog/templates", versions: v12, run: (*Server).getResourceCatalog},
	{name: "GetUserCatalog", route: "GET /metadata-catalog/users", versions: both, run: (*Server).getResourceCatalog},

	// Client applications exist in version 1.2 only, for administrators.
	{name: "ListClientApplications", route: "GET /config/clientApplications", versions: v12, query: "links", run: (*Server).listClientApplications},
	{name: "CreateClientApplication", route: "POST /config/clientApplications", versions: v12, body: "form", run: (*Server).createClientApplication},
	{name: "GetClientApplication", route: "GET /config/clientApplications/{id}", versions: v12, query: "links", run: (*Server).getClientApplication},
	{name: "UpdateClientApplication", route: "PUT /config/clientApplications/{id}", versions: v12, body: "form", run: (*Server).updateClientApplication},
	{name: "DeleteClientApplication", route: "DELETE /config/clientApplications/{id}", versions: v12, run: (*Server).deleteClientApplication},
	{name: "DownloadClientApplicationFile", route: "GET /config/clientApplications/{id}/data", versions: v12, run: (*Server).downloadClientApplicationFile},

	// Collections of digital assets exist in version 1.1 only.
	{name: "CreateCollection", route: "POST /collections", versions: v11, body: "name description", run: (*Server).createCollection},
	{name: "ListCollections", route: "GET /collections/items", versions: v11, run: (*Server).listCollections},
	{name: "DeleteCollection", route: "DELETE /collections/{collectionId}", versions: v11, run: (*Server).deleteCollection},
	{name: "AddAssetsToCollection", route: "POST /collections/{collectionId}/files", versions: v11, body: "idList skipDuplicate", run: (*Server).addAssetsToCollection},
	{name: "RemoveAssetsFromCollection", route: "DELETE /collections/{collectionId}/files", versions: v11, query: "idList skipIfNotInCollection", body: "idList skipIfNotInCollection", run: (*Server).removeAssetsFromCollection},
	{name: "AddAssetToCollection", route: "POST /collections/{collectionId}/files/{fileId}", versions: v11, run: (*Server).addAssetToCollection},
	{name: "RemoveAssetFromCollection", route: "DELETE /collections/{collectionId}/files/{fileId}", versions: v11, run: (*Server).removeAssetFromCollection},

	// Configuration. The settings of e-mail notifications are new in version 1.2.
	{name: "GetCollaborationConfig", route: "GET /config/collaboration", versions: both, run: (*Server).getCollaborationConfig},
	{name: "GetCDNConfig", route: "GET /config/sites/deliverycdn", versions: both, run: (*Server).getCDNConfig},
	{name: "GetEmailNotificationConfig", route: "GET /config/notification/email", versions: v12, run: (*Server).getEmailNotificationConfig},
	{name: "SetEmailNotificationConfig", route: "PUT /config/notification/email", versions: v12, body: "disableEmailNotifications", run: (*Server).setEmailNotificationConfig},

	// Files. Most operations accept both kinds of link. No applink is documented
	// for reserving a file, and no link at all for extracting a zip file.
	{name: "UploadFile", route: "POST /files/data", versions: both, via: viaAny, body: "form", run: (*Server).uploadFile},
	{name: "UploadFileVersion", route: "POST /files/{fileId}/data", versions: both, via: viaAny, body: "form", run: (*Server).uploadFileVersion},
	{name: "DownloadFile", route: "GET /files/{fileId}/data", versions: both, via: viaAny, query: "version", run: (*Server).downloadFile},
	{name: "GetFile", route: "GET /files/{fileId}", versions: both, via: viaAny, query: "version 1.2:includeRenditions 1.2:includeOnlyExistingRenditions", run: (*Server).getFile},
	{name: "GetFilesInfo", route: "GET /files/lists", versions: both, via: viaAny, query: "idList", run: (*Server).getFilesInfo},
	{name: "EditFile", route: "PUT /files/{fileId}", versions: both, via: viaAny, body: "name", run: (*Server).editFile},
	{name: "DeleteFile", route: "DELETE /files/{fileId}", versions: both, via: viaAny, query: "version", run: (*Server).deleteFile},
	{name: "CopyFile", route: "POST /files/{fileId}/copy", versions: both, via: viaAny, body: "destinationID duplicateResolution version", run: (*Server).copyFile},
	{name: "MoveFile", route: "POST /files/{fileId}/move", versions: both, via: viaAny, body: "destinationID duplicateResolution", run: (*Server).moveFile},
	{name: "ReserveFile", route: "POST /files/{fileId}/reserve", versions: both, via: viaLink, run: (*Server).reserveFile},
	{name: "UnreserveFile", route: "POST /files/{fileId}/unreserve", versions: both, via: viaLink, body: "reservedByUserID", run: (*Server).unreserveFile},
	{name: "GetFileVersions", route: "GET /files/{fileId}/versions", versions: both, via: viaAny, run: (*Server).getFileVersions},
	{name: "GetFileAccesses", route: "GET /files/{fileId}/accesses", versions: both, via: viaAny, query: "limit offset orderBy", run: (*Server).getFileAccesses},
	{name: "GetFilePreviewPath", route: "GET /files/{fileId}/previewPath", versions: both, via: viaAny, query: "version 1.2:waitForCompletePreview", run: (*Server).getFilePreviewPath},
	{name: "GenerateFileRenditions", route: "POST /files/{fileId}/pages", versions: both, via: viaAny, query: "version", run: (*Server).generateFileRenditions},
	{name: "GetRenditionPageCount", route: "GET /files/{fileId}/pages", versions: both, via: viaAny, query: "version", run: (*Server).getRenditionPageCount},
	{name: "ListRenditions", route: "GET /files/{fileId}/data/renditions", versions: both, via: viaAny, query: "renditionType version", run: (*Server).listRenditions},
	{name: "GetRendition", route: "GET /files/{fileId}/data/rendition", versions: both, via: viaAny, query: "rendition renditionType version", run: (*Server).getRendition},
	{name: "UploadCustomRendition", route: "POST /files/{fileId}/data/rendition", versions: both, via: viaAny, body: "form", run: (*Server).uploadCustomRendition},
	{name: "DeleteCustomRendition", route: "DELETE /files/{fileId}/data/rendition", versions: both, via: viaAny, query: "rendition version", run: (*Server).deleteCustomRendition},
	{name: "GetThumbnail", route: "GET /files/{fileId}/data/thumbnail", versions: both, via: viaAny, query: "version", run: (*Server).getThumbnail},
	{name: "GetResponsiveSmallImage", route: "GET /files/{fileId}/data/smallImage", versions: v12, via: viaAny, query: "format version", run: (*Server).getSmallImage},
	{name: "GetResponsiveMediumImage", route: "GET /files/{fileId}/data/mediumImage", versions: v12, via: viaAny, query: "format version", run: (*Server).getMediumImage},
	{name: "GetResponsiveLargeImage", route: "GET /files/{fileId}/data/largeImage", versions: v12, via: viaAny, query: "format version", run: (*Server).getLargeImage},
	{name: "GetResponsiveThumbnailImage", route: "GET /files/{fileId}/data/thumbnailImage", versions: v12, via: viaAny, query: "format version", run: (*Server).getThumbnailImage},
	{name: "ExtractZip", route: "POST /files/{fileId}/_extract", versions: v12, body: "destinationID duplicateResolution", run: (*Server).extractZip},
	{name: "GetExtractionStatus", route: "GET /files/{fileId}/_extract/{jobId}", versions: v12, query: "includeIgnoredItemDetails includeSkippedItemDetails", run: (*Server).getExtractionStatus},
	{name: "AbortExtraction", route: "DELETE /files/{fileId}/_extract/{jobId}", versions: v12, run: (*Server).abortExtraction},
	{name: "SetFileTags", route: "POST /files/{fileId}/tags", versions: both, via: viaAny, body: "setTags", run: (*Server).setFileTags},
	{name: "EditFileTags", route: "PUT /files/{fileId}/tags", versions: both, via: viaAny, body: "addTags removeTags", run: (*Server).editFileTags},
	{name: "GetFileTags", route: "GET /files/{fileId}/tags", versions: both, via: viaAny, query: "directAssigned", run: (*Server).getFileTags},
	{name: "DeleteAllFileTags", route: "DELETE /files/{fileId}/tags", versions: both, via: viaAny, run: (*Server).deleteFileTags},
	{name: "CreateFileConversation", route: "POST /files/{fileId}/conversation", versions: both, via: viaAny, body: "conversationName", run: (*Server).createFileConversation},

	// Folders. No link is documented for bulk downloads, searches and changes of
	// ownership; those of the home folder refer to the caller's own.
	{name: "CreateFolder", route: "POST /folders/{folderId}", versions: both, via: viaAny, body: "name description", run: (*Server).createFolderIn},
	{name: "GetFolder", route: "GET /folders/{folderId}", versions: both, via: viaAny, run: (*Server).getFolder},
	{name: "GetHomeFolderContents", route: "GET /folders/items", versions: both, query: "limit offset orderby filterName", run: (*Server).getHomeFolderContents},
	{name: "GetFolderContents", route: "GET /folders/{folderId}/items", versions: both, via: viaAny, query: "limit offset orderby filterName", run: (*Server).getFolderContents},
	{name: "GetFoldersInfo", route: "GET /folders/lists", versions: both, via: viaAny, query: "idList 1.2:checkStatus", run: (*Server).getFoldersInfo},
	{name: "SearchItems", route: "GET /folders/search/items", versions: both, query: "fulltext querytext limit offset orderby 1.2:fields", run: (*Server).searchItems},
	{name: "SearchFolderItems", route: "GET /folders/{folderId}/search/items", versions: both, query: "fulltext querytext limit offset orderby 1.2:fields", run: (*Server).searchFolderItems},
	{name: "EditFolder", route: "PUT /folders/{folderId}", versions: both, via: viaAny, body: "name description", run: (*Server).editFolder},
	{name: "DeleteFolder", route: "DELETE /folders/{folderId}", versions: both, via: viaAny, run: (*Server).deleteFolder},
	{name: "CopyFolder", route: "POST /folders/{folderId}/copy", versions: both, via: viaAny, body: "destinationID duplicateResolution", run: (*Server).copyFolder},
	{name: "MoveFolder", route: "POST /folders/{folderId}/move", versions: both, via: viaAny, body: "destinationID duplicateResolution", run: (*Server).moveFolder},
	{name: "ChangeFolderOwnership", route: "POST /folders/{folderId}/changeOwnership", versions: v12, body: "targetUserID", run: (*Server).changeFolderOwnership},
	{name: "BulkCreateFolders", route: "POST /folders/{folderId}/_bulkCreate", versions: v12, via: viaAny, body: "folders", run: (*Server).bulkCreateFolders},
	{name: "StartBulkDownload", route: "POST /folders/{folderId}/_download", versions: v12, body: "idList", run: (*Server).startBulkDownload},
	{name: "GetBulkDownloadStatus", route: "GET /folders/{folderId}/_download/{jobId}", versions: v12, run: (*Server).getBulkDownloadStatus},
	{name: "DownloadBulkPackage", route: "GET /folders/{folderId}/_download/{jobId}/package", versions: v12, run: (*Server).downloadBulkPackage},
	{name: "AbortBulkDownload", route: "DELETE /folders/{folderId}/_download/{jobId}", versions: v12, run: (*Server).abortBulkDownload},
	{name: "SetFolderTags", route: "POST /folders/{folderId}/tags", versions: both, via: viaAny, body: "setTags", run: (*Server).setFolderTags},
	{name: "EditFolderTags", route: "PUT /folders/{folderId}/tags", versions: both, via: viaAny, body: "addTags removeTags", run: (*Server).editFolderTags},
	{name: "GetFolderTags", route: "GET /folders/{folderId}/tags", versions: both, via: viaAny, query: "directAssigned", run: (*Server).getFolderTags},
	{name: "DeleteAllFolderTags", route: "DELETE /folders/{folderId}/tags", versions: both, via: viaAny, run: (*Server).deleteFolderTags},
	{name: "CreateFolderConversation", route: "POST /folders/{folderId}/conversation", versions: both, via: viaAny, body: "conversationName", run: (*Server).createFolderConversation},

	// Metadata. Definitions take the caller's own rights. Values accept applinks,
	// but no public links.
	{name: "CreateMetadataCollection", route: "POST /metadata/{collectionName}", versions: both, body: "fields 1.2:fieldsArray", run: (*Server).createMetadataCollection},
	{name: "EditMetadataCollection", route: "PUT /metadata/{collectionName}", versions: both, body: "addFields removeFields settings 1.2:addFieldsArray", run: (*Server).editMetadataCollection},
	{name: "EditMetadataCollectionFields", route: "PUT /metadata/{collectionName}/field", versions: both, body: "fields settings 1.2:fieldsArray", run: (*Server).editMetadataCollectionFields},
	{name: "DeleteMetadataCollection", route: "DELETE /metadata/{collectionName}", versions: both, run: (*Server).deleteMetadataCollection},
	{name: "GetAvailableMetadataCollections", route: "GET /metadata", versions: both, query: "retrieveFields", body: "retrieveFields", run: (*Server).getAvailableMetadataCollections},
	{name: "GetMetadataCollection", route: "GET /metadata/{collectionName}", versions: both, run: (*Server).getMetadataCollection},
	{name: "GetSearchableMetadataFields", route: "GET /metadata/searchFields", versions: both, run: (*Server).getSearchableMetadataFields},
	{name: "SetSearchableMetadataFields", route: "POST /metadata/searchFields", versions: both, body: "collection fields", run: (*Server).setSearchableMetadataFields},
	{name: "AssignMetadataCollectionToFile", route: "POST /files/{fileId}/metadata/{collectionName}", versions: both, run: (*Server).assignToFile},
	{name: "SetFileMetadataValues", route: "POST /files/{fileId}/metadata", versions: both, via: viaApp, body: "*", run: (*Server).setFileMetadata},
	{name: "GetFileMetadata", route: "GET /files/{fileId}/metadata", versions: both, via: viaApp, query: "directAssigned", run: (*Server).getFileMetadata},
	{name: "DeleteFileMetadataValues", route: "DELETE /files/{fileId}/metadata", versions: both, via: viaApp, query: "collection fields", body: "collection fields", run: (*Server).deleteFileMetadata},
	{name: "GetFileAssignedMetadataCollections", route: "GET /files/{fileId}/metadataFields", versions: both, via: viaApp, query: "directAssigned", run: (*Server).getFileCollections},
	{name: "AssignMetadataCollectionToFolder", route: "POST /folders/{folderId}/metadata/{collectionName}", versions: both, run: (*Server).assignToFolder},
	{name: "SetFolderMetadataValues", route: "POST /folders/{folderId}/metadata", versions: both, via: viaApp, body: "*", run: (*Server).setFolderMetadata},
	{name: "GetFolderMetadata", route: "GET /folders/{folderId}/metadata", versions: both, via: viaApp, query: "directAssigned", run: (*Server).getFolderMetadata},
	{name: "DeleteFolderMetadataValues", route: "DELETE /folders/{folderId}/metadata", versions: both, via: viaApp, query: "collection fields", body: "collection fields", run: (*Server).deleteFolderMetadata},
	{name: "GetFolderAssignedMetadataCollections", route: "GET /folders/{folderId}/metadataFields", versions: both, via: viaApp, query: "directAssigned", run: (*Server).getFolderCollections},

	// Public links. roleName is not documented, but Oracle's toolkit sends it.
	{name: "CreateFilePublicLink", route: "POST /publiclinks/file/{fileId}", versions: both, body: "assignedUsers expirationTime linkName password role roleName", run: (*Server).createFilePublicLink},
	{name: "GetFilePublicLinks", route: "GET /publiclinks/file/{fileId}", versions: both, run: (*Server).getFilePublicLinks},
	{name: "CreateFolderPublicLink", route: "POST /publiclinks/folder/{folderId}", versions: both, body: "assignedUsers expirationTime linkName password role roleName", run: (*Server).createFolderPublicLink},
	{name: "GetFolderPublicLinks", route: "GET /publiclinks/folder/{folderId}", versions: both, run: (*Server).getFolderPublicLinks},
	{name: "GetPublicLink", route: "GET /publiclinks/{linkId}", versions: both, run: (*Server).getPublicLink},
	{name: "EditPublicLink", route: "PUT /publiclinks/{linkId}", versions: both, body: "assignedUsers expirationTime password role roleName", run: (*Server).editPublicLink},
	{name: "DeletePublicLink", route: "DELETE /publiclinks/{linkId}", versions: both, run: (*Server).deletePublicLink},

	// Shares. Where the versions differ in the place of an input, both places are
	// accepted.
	{name: "ShareFolder", route: "POST /shares/{folderId}", versions: both, body: "userID role message", run: (*Server).shareFolder},
	{name: "GetSharedFolderUsers", route: "GET /shares/{folderId}/items", versions: both, query: "currentOnly", body: "currentOnly", run: (*Server).getSharedFolderUsers},
	{name: "EditSharedFolderUserRole", route: "PUT /shares/{folderId}/role", versions: both, body: "userID role message", run: (*Server).editSharedFolderUserRole},
	{name: "RevokeUser", route: "DELETE /shares/{folderId}/user", versions: both, query: "userID message", body: "userID message", run: (*Server).revokeUser},
	{name: "RevokeCurrentUser", route: "DELETE /shares/{folderId}/myuser", versions: both, run: (*Server).revokeCurrentUser},
	{name: "UnshareFolder", route: "DELETE /shares/{folderId}", versions: both, query: "message", body: "message", run: (*Server).unshareFolder},

	// Sites and templates exist in version 1.2 only.
	{name: "CreateSiteFromSite", route: "POST /sites/{siteId}/site", versions: v12, body: "name description copyUpdates", run: (*Server).createSiteFromSite},
	{name: "CreateSiteFromTemplate", route: "POST /templates/{templateId}/site", versions: v12, body: "name description copyUpdates", run: (*Server).createSiteFromTemplate},

	// Users, among them groups.
	{name: "GetUsers", route: "GET /users/items", versions: both, query: "info", run: (*Server).getUsers},
	{name: "GetUserWithEmail", route: "GET /users/search/items", versions: both, query: "email", run: (*Server).getUserWithEmail},
}
