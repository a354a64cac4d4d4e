// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// Which profiles decide behind the tiers for each endpoint.
struct ProfileAssignment: Sendable {
    private let profiles: [String: Profile]

    /// A profile at its place among those of an endpoint.
    struct Entry: Hashable, Sendable, Comparable {
        var position: Int
        var name: String

        static func < (left: Entry, right: Entry) -> Bool {
            (left.position, left.name) < (right.position, right.name)
        }
    }

    init(_ state: ClusterState) {
        profiles = Dictionary(state.profiles.map { ($0.name, $0) }) { first, _ in first }
    }

    /// The profiles in the order in which they are asked; nil where the endpoint names none and
    /// those that it has anyway allow everything. One that does not exist closes the endpoint: none
    /// behind it is asked.
    func entries(of endpoint: Endpoint) -> [Entry]? {
        var names: [String]
        if endpoint.id.kind == .pod, endpoint.particulars?.profiles == nil {
            if profiles.isEmpty { return nil }
            names = [Profile.name(ofNamespace: endpoint.id.namespace)]
            if let account = endpoint.serviceAccountID { names.append(Profile.name(of: account)) }
            if !names.contains(where: { profiles[$0] != nil }) { return nil }
        } else {
            names = endpoint.particulars?.profiles ?? []
        }
        if let missing = names.firstIndex(where: { profile($0) == nil }) {
            names.removeSubrange((missing + 1)...)
        }
        return names.enumerated().map { Entry(position: $0, name: $1) }
    }

    /// A profile as a policy.
    func policy(of entry: Entry) -> Policy {
        let closed = Profile(name: entry.name, ingress: [Rule(.deny)], egress: [Rule(.deny)])
        return (profile(entry.name) ?? closed).asPolicy(at: entry.position)
    }

    private func profile(_ name: String) -> Profile? { profiles[name] ?? Profile.implied(name) }
}
