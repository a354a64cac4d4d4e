// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// An API version and a kind.
public struct TypeName: Hashable, Sendable {
    /// With its group, where it has one: `networking.k8s.io/v1`.
    public var apiVersion: String
    /// As `NetworkPolicy`.
    public var kind: String

    /// A type of these parts.
    public init(apiVersion: String, kind: String) {
        self.apiVersion = apiVersion
        self.kind = kind
    }

    /// The part before the slash; empty for the core API.
    var group: Substring {
        apiVersion.lastIndex(of: "/").map { apiVersion[..<$0] } ?? ""
    }

    /// What a list of this type holds: `Pod` for `PodList`; nil if it is no list of one kind.
    var listItem: TypeName? {
        guard kind.hasSuffix("List") else { return nil }
        return TypeName(apiVersion: apiVersion, kind: String(kind.dropLast("List".count)))
    }

    var lowercasedKind: String { kind.lowercased() }
}
