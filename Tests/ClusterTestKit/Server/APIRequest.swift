// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import NIOHTTP1

/// A request as the API understands it.
public struct APIRequest: Sendable {
    /// The path without the query.
    public let path: String
    /// The parameters behind it.
    public let query: [String: String]
    /// `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`; for paths that
    /// are no resource's: `get` and the like.
    public let verb: String
    /// `pods`, `networkpolicies.networking.k8s.io`; nil for paths that are no resource's.
    public let resource: String?
    /// The namespace that the path names.
    public let namespace: String?
    /// The object that the path names.
    public let name: String?

    let method: HTTPMethod
    let headers: HTTPHeaders
    let body: [UInt8]
    let group: String
    let version: String
    let plural: String
    let subresource: String?

    init(_ head: HTTPRequestHead, body: [UInt8]) {
        let parts = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(parts[0])
        query = Self.query(parts.count > 1 ? parts[1] : "")
        method = head.method
        headers = head.headers
        self.body = body
        var words = path.split(separator: "/").map { $0.removingPercentEncoding ?? String($0) }
        var (group, version) = ("", "")
        if words.count > 2, words[0] == "api" {
            version = words[1]
            words.removeFirst(2)
        } else if words.count > 3, words[0] == "apis" {
            (group, version) = (words[1], words[2])
            words.removeFirst(3)
        } else {
            words = []
        }
        // Behind a namespace stands what is in it, or a part of the namespace itself.
        var namespace: String?
        if words.count > 2, words[0] == "namespaces", !["status", "finalize"].contains(words[2]) {
            namespace = words[1]
            words.removeFirst(2)
        }
        self.group = group
        self.version = version
        self.namespace = namespace
        plural = words.first ?? ""
        resource = plural.isEmpty ? nil : group.isEmpty ? plural : "\(plural).\(group)"
        name = words.count > 1 ? words[1] : nil
        subresource = words.count > 2 ? words[2] : nil
        let watches = ["1", "true"].contains(query["watch"] ?? "")
        switch (method, resource, name) {
        case (.GET, _?, nil): verb = watches ? "watch" : "list"
        case (.DELETE, _?, nil): verb = "deletecollection"
        case (.POST, _, _): verb = "create"
        case (.PUT, _, _): verb = "update"
        default: verb = method.rawValue.lowercased()
        }
    }

    private static func query(_ text: Substring) -> [String: String] {
        var result: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                .map { $0.replacing("+", with: " ").removingPercentEncoding ?? String($0) }
            result[parts[0]] = parts.count > 1 ? parts[1] : ""
        }
        return result
    }
}
