// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// What the server says of itself.
extension APIServer {
    func discover(_ request: APIRequest, _ exchange: Exchange) throws(APIStatus) {
        let resources = cluster.withLock { $0.resources }
        let words = request.path.split(separator: "/").map(String.init)
        switch (words.first, words.count) {
        case ("version", 1):
            exchange.respond(
                200,
                [
                    #"{"major":"1","minor":"34","gitVersion":"v1.34.0","gitCommit":"0000000","#
                        + #""gitTreeState":"clean","buildDate":"2026-01-01T00:00:00Z","#
                        + #""goVersion":"go1.24","compiler":"gc","platform":"linux/amd64"}"#
                ])
        case ("healthz", _), ("livez", _), ("readyz", _):
            exchange.respond(200, ["ok"], type: "text/plain; charset=utf-8")
        case ("api", 1):
            let tree = JSONTree.members(
                ("kind", "APIVersions"), ("versions", .list(["v1"])),
                ("serverAddressByClientCIDRs", .list([])))
            exchange.respond(200, [tree.json])
        case ("api", 2) where words[1] == "v1":
            exchange.respond(200, [list(resources.filter(\.group.isEmpty), "v1").json])
        case ("apis", 1):
            let groups = Set(resources.map(\.group)).subtracting([""]).sorted()
            let tree = JSONTree.members(
                ("kind", "APIGroupList"), ("apiVersion", "v1"),
                ("groups", .list(groups.map { group($0, resources) })))
            exchange.respond(200, [tree.json])
        case ("apis", 2) where resources.contains { $0.group == words[1] }:
            var tree = group(words[1], resources)
            tree = .members(("kind", "APIGroup"), ("apiVersion", "v1")).appending(tree)
            exchange.respond(200, [tree.json])
        case ("apis", 3):
            let version = "\(words[1])/\(words[2])"
            let served = resources.filter { $0.apiVersion == version }
            guard !served.isEmpty else { throw .noPath }
            exchange.respond(200, [list(served, version).json])
        default: throw .noPath
        }
    }

    private func group(_ name: String, _ resources: [APIResource]) -> JSONTree {
        let versions = Set(resources.filter { $0.group == name }.map(\.version)).sorted()
        let trees = versions.reversed().map { version in
            JSONTree.members(
                ("groupVersion", .text("\(name)/\(version)")), ("version", .text(version)))
        }
        return .members(
            ("name", .text(name)), ("versions", .list(trees)),
            ("preferredVersion", trees.first))
    }

    private func list(_ resources: [APIResource], _ version: String) -> JSONTree {
        let verbs = ["create", "delete", "get", "list", "patch", "update", "watch"]
        let trees = resources.map { resource in
            JSONTree.members(
                ("name", .text(resource.plural)),
                ("singularName", .text(resource.kind.lowercased())),
                ("namespaced", .word("\(resource.isNamespaced)")), ("kind", .text(resource.kind)),
                ("verbs", .list(verbs.map(JSONTree.text))),
                (
                    "shortNames",
                    resource.shortNames.isEmpty
                        ? nil : .list(resource.shortNames.map(JSONTree.text))
                ))
        }
        return .members(
            ("kind", "APIResourceList"), ("apiVersion", "v1"), ("groupVersion", .text(version)),
            ("resources", .list(trees)))
    }
}

extension JSONTree {
    /// The members of both.
    fileprivate func appending(_ other: JSONTree) -> JSONTree {
        .object(members + other.members)
    }
}
