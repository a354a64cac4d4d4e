// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// The cluster's profiles, and what they come to for an endpoint.
struct ProfileBook {
    private var profiles: [String: Profile] = [:]

    /// No profile is known.
    init() {}

    init(_ profiles: [Profile]) {
        for profile in profiles { put(profile, named: profile.name) }
    }

    subscript(name: String) -> Profile? { profiles[name] }

    mutating func put(_ profile: Profile?, named name: String) { profiles[name] = profile }

    /// The endpoint with the labels of its profiles that it has not itself.
    func labelled(_ endpoint: Endpoint) -> Endpoint {
        guard let names = endpoint.particulars?.profiles else { return endpoint }
        var copy = endpoint
        for name in names {
            guard let profile = profiles[name] else { continue }
            copy.labels.merge(profile.labels) { own, _ in own }
        }
        return copy
    }

    /// The names of the profiles that decide behind the tiers, in the order in which they are asked;
    /// nil where everything passes that the tiers let pass: a pod that names none has those of its
    /// namespace and account, which are as good as none unless an object gives them rules.
    func names(for endpoint: Endpoint) -> [String]? {
        if endpoint.id.kind != .pod || endpoint.particulars?.profiles != nil {
            return endpoint.particulars?.profiles ?? []
        }
        var names = [Profile.name(ofNamespace: endpoint.id.namespace)]
        if let account = endpoint.serviceAccountID { names.append(Profile.name(of: account)) }
        return names.contains { profiles[$0] != nil } ? names : nil
    }

    /// The profiles of these names as policies. One that does not exist denies everything.
    func policies(_ names: [String]) -> [Policy] {
        names.enumerated().map { position, name in
            let known = profiles[name] ?? Profile.implied(name)
            let closed = Profile(name: name, ingress: [Rule(.deny)], egress: [Rule(.deny)])
            return (known ?? closed).asPolicy(at: position)
        }
    }
}
