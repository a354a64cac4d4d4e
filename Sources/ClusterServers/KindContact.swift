// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// When a server last said anything about a kind of objects, and what keeps it from saying more.
///
/// Where servers say nothing as long as nothing changes, what counts is that they are there: a bookmark of
/// the Kubernetes API, an answer of the etcd that is watched.
public struct KindContact: Hashable, Sendable {
    /// As messages call the kind: `pods`, `tiers.crd.projectcalico.org`.
    public var resource: String
    /// How long ago the server last said anything about it; nil if it never did.
    public var age: Duration?
    /// Whether it has been listed once; until then nothing may be enforced.
    public var isListed: Bool
    /// Whether the server does not serve the kind.
    public var isMissing: Bool
    /// How many of its objects the server has, as far as is known.
    public var objectCount: Int
    /// Why it cannot be followed; nil where it is, or where the first attempt anew has not failed yet.
    public var problem: String?
    /// How old the last contact may be before a server counts as silent.
    public var tolerance: Duration

    /// Whether the kind may have changed without our hearing of it: it cannot be followed, or a living
    /// server would have said something by now.
    public var isStale: Bool { problem != nil || age.map { $0 > tolerance } ?? false }

    /// A contact of these parts.
    public init(
        resource: String, age: Duration?, isListed: Bool, isMissing: Bool = false,
        objectCount: Int = 0, problem: String? = nil, tolerance: Duration
    ) {
        self.resource = resource
        self.age = age
        self.isListed = isListed
        self.isMissing = isMissing
        self.objectCount = objectCount
        self.problem = problem
        self.tolerance = tolerance
    }
}
