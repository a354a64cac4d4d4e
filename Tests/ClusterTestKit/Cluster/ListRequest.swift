// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation

/// A list, or a page of one.
struct ListRequest {
    var selection: ObjectSelection
    /// Nil for all.
    var limit: Int?
    var revision: UInt64?
    var isExact: Bool
    var continuation: Continuation?

    /// Where a list goes on.
    struct Continuation {
        /// Nil for the state that there is now, whatever pages before have shown.
        var revision: UInt64?
        var key: StoredObject.Key

        /// The opaque text that clients send back.
        var token: String {
            let revision = revision.map { "\($0)" } ?? "-1"
            let tree = JSONTree.members(
                ("v", "meta.k8s.io/v1"), ("rv", .word(revision)),
                ("start", .text("\(key.description)\u{0}")))
            return Data(tree.json.utf8).base64EncodedString().replacing("+", with: "-")
                .replacing("/", with: "_").replacing("=", with: "")
        }

        init(revision: UInt64?, key: StoredObject.Key) {
            self.revision = revision
            self.key = key
        }

        init(token: String) throws(APIStatus) {
            var text = token.replacing("-", with: "+").replacing("_", with: "/")
            text += String(repeating: "=", count: (4 - text.count % 4) % 4)
            guard let data = Data(base64Encoded: text),
                let tree = try? JSONTree(parsing: Array(data)),
                case .word(let revision) = tree["rv"], let start = tree["start"]?.string
            else { throw .badRequest("continue key is not valid: \(token)") }
            let parts = start.filter { $0 != "\u{0}" }.split(separator: "/").map(String.init)
            self.init(
                revision: UInt64(revision),
                key: StoredObject.Key(
                    namespace: parts.count > 1 ? parts[0] : "", name: parts.last ?? ""))
        }
    }

    /// - Throws: `APIStatus` for parameters that exclude each other.
    init(_ query: [String: String], _ selection: ObjectSelection) throws(APIStatus) {
        self.selection = selection
        limit = query["limit"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
        let asked = query["resourceVersion"] ?? ""
        revision = try Self.revision(asked)
        let match = query["resourceVersionMatch"] ?? ""
        if query["sendInitialEvents"] != nil {
            throw .invalidOptions(
                "sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list")
        }
        if !match.isEmpty {
            let problem: String? =
                if asked.isEmpty {
                    "Forbidden: resourceVersionMatch is forbidden unless "
                        + "resourceVersion is provided"
                } else if query["continue"]?.isEmpty == false {
                    "Forbidden: resourceVersionMatch is forbidden when continue is provided"
                } else if match != "Exact", match != "NotOlderThan" {
                    #"Unsupported value: "\#(match)": supported values: "Exact", "NotOlderThan", """#
                } else if match == "Exact", revision == 0 {
                    #"Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0""#
                } else {
                    nil
                }
            if let problem { throw .invalidOptions("resourceVersionMatch: \(problem)") }
        }
        // A page of a given revision is that revision's, if nobody says otherwise.
        isExact = match == "Exact" || (match.isEmpty && limit != nil && (revision ?? 0) > 0)
        if let token = query["continue"], !token.isEmpty {
            if let revision, revision > 0 {
                throw .badRequest(
                    "specifying resource version is not allowed when using continue")
            }
            continuation = try Continuation(token: token)
        }
        // A list of any revision comes from the watch cache, which knows no pages.
        if revision == 0, continuation == nil { limit = nil }
    }

    static func revision(_ text: String) throws(APIStatus) -> UInt64? {
        if text.isEmpty { return nil }
        guard let revision = UInt64(text) else {
            throw .invalidOptions(
                #"resourceVersion: Invalid value: "\#(text)": strconv.ParseUint: "#
                    + #"parsing "\#(text)": invalid syntax"#)
        }
        return revision
    }
}

extension Cluster {
    /// The answer to a list, as the pieces of a text.
    ///
    /// - Parameter insertion: an item that nobody has put there.
    mutating func list(
        _ request: ListRequest, of resource: APIResource, inserting insertion: String? = nil
    ) throws(APIStatus) -> [String] {
        var shown = revision
        let compacted = collections[resource.name]?.compacted ?? 0
        if let continuation = request.continuation {
            if let asked = continuation.revision {
                guard asked >= compacted else {
                    let fresh = ListRequest.Continuation(revision: nil, key: continuation.key)
                    throw .expiredContinuation(fresh: fresh.token)
                }
                shown = asked
            }
        } else if let asked = request.revision, asked > 0 {
            guard asked <= revision else { throw .tooLarge(asked, current: revision) }
            if request.isExact {
                guard asked >= compacted else { throw .listTooOld }
                shown = asked
            }
        }
        let page = page(
            of: resource, request.selection, behind: request.continuation?.key,
            limit: request.limit ?? .max, at: shown)
        let token = page.next.map { ListRequest.Continuation(revision: shown, key: $0).token }
        return print(
            page, of: resource, at: shown, token: token,
            remaining: request.selection.isEverything ? page.remaining : nil, insertion)
    }

    private func print(
        _ page: ObjectCollection.Page, of resource: APIResource, at shown: UInt64, token: String?,
        remaining: Int?, _ insertion: String?
    ) -> [String] {
        var metadata = #"{"resourceVersion":"\#(shown)""#
        if let token {
            metadata += #","continue":"\#(token)""#
            if let remaining { metadata += #","remainingItemCount":\#(remaining)"# }
        }
        metadata += "}"
        let kind = #""kind":"\#(resource.kind)List""#
        let version = #""apiVersion":"\#(resource.apiVersion)""#
        // Custom resources come from another part of the server, which sorts its keys.
        let head =
            resource.isCustom
            ? #"{\#(version),"items":["#
            : #"{\#(kind),\#(version),"metadata":\#(metadata),"items":["#
        let tail = resource.isCustom ? #"],\#(kind),"metadata":\#(metadata)}"# : "]}"
        var pieces = [head]
        var items = page.objects.map { $0.item(of: resource) }
        if let insertion { items.insert(insertion, at: items.count / 2) }
        for (index, item) in items.enumerated() {
            if pieces[pieces.count - 1].utf8.count > 16_000 { pieces.append("") }
            pieces[pieces.count - 1] += index == 0 ? item : ",\(item)"
        }
        pieces[pieces.count - 1] += tail + "\n"
        return pieces
    }
}
