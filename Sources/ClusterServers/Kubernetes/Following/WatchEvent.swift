// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation

/// What a watch tells.
enum WatchEvent: Hashable, Sendable {
    /// An object is there, for the first time or anew.
    case put(ListedObject)
    /// An object is gone.
    case removed(ListedObject)
    /// Everything up to a version has been told; the objects that there were at the beginning as well,
    /// if the second is true.
    case bookmark(version: String, endsList: Bool)
    /// The server cannot go on.
    case failure(ServerStatus)

    /// The annotation by which a bookmark ends the list at the beginning of a watch.
    static let endOfList = "k8s.io/initial-events-end"

    /// Reads an event; nil if it is none.
    init?(_ json: [UInt8], _ shape: ObjectShape) {
        guard let (type, object) = Self.parts(of: json) else { return nil }
        switch type {
        case "ADDED", "MODIFIED", "DELETED":
            guard let object = ObjectTrimmer.trim(Array(object), to: shape) else { return nil }
            self = type == "DELETED" ? .removed(object) : .put(object)
        case "BOOKMARK":
            guard let mark = try? JSONDecoder().decode(Bookmark.self, from: Data(object)) else {
                return nil
            }
            self = .bookmark(
                version: mark.metadata.resourceVersion,
                endsList: mark.metadata.annotations?[Self.endOfList] == "true")
        case "ERROR":
            let status = try? JSONDecoder().decode(ServerStatus.self, from: Data(object))
            guard let status else { return nil }
            self = .failure(status)
        default: return nil
        }
    }

    private struct Bookmark: Decodable {
        struct Metadata: Decodable {
            var resourceVersion: String
            var annotations: [String: String]?
        }
        var metadata: Metadata
    }

    /// The type and the object of an event, in whatever order they come.
    private static func parts(
        of json: [UInt8]
    ) -> (type: String, object: ArraySlice<UInt8>)? {
        guard let members = JSONMembers.of(json), let type = members["type"],
            let object = members["object"], type.count > 2, object.first == UInt8(ascii: "{")
        else { return nil }
        return (String(decoding: type.dropFirst().dropLast(), as: UTF8.self), object)
    }
}
