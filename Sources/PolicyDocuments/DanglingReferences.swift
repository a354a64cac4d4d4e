// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

extension Policy {
    /// The tier, unless every cluster has it.
    package var namedTier: String? { Tier.isBuiltIn(tier) ? nil : tier }
}

extension StagedPolicy {
    /// The tier that it would come into, unless every cluster has it.
    package var namedTier: String? {
        if case .set(let policy) = action { policy.namedTier } else { nil }
    }
}

extension Endpoint {
    /// The profiles that it names, without those that are there without an object.
    package var namedProfiles: [String] {
        (particulars?.profiles ?? []).filter { Profile.implied($0) == nil }
    }
}

extension Diagnostic {
    /// A policy whose tier does not exist, in an input that is all there is: in which place it would be
    /// asked is not known.
    static func unknownTier(
        _ tier: String, of id: PolicyID, at origin: Origin
    ) -> Diagnostic {
        Diagnostic(
            .error, at: origin, object: ObjectName(id).description, field: "spec.tier",
            message: "there is no tier \(MessageText.quoted(tier)), so that its place is not known",
            remedy: "add a Tier of this name, or name another")
    }

    /// A policy whose tier does not exist, or not yet.
    package static func missingTier(_ tier: String, of id: PolicyID, at origin: Origin)
        -> Diagnostic
    {
        Diagnostic(
            .warning, at: origin, object: ObjectName(id).description, field: "spec.tier",
            message: "there is no tier \(MessageText.quoted(tier)): it is asked last, and denies "
                + "what its policies do not allow",
            remedy: "add a Tier of this name, or name another")
    }

    /// An endpoint that names a profile which does not exist, or not yet.
    package static func missingProfile(
        _ profile: String, of id: EndpointID, at origin: Origin
    ) -> Diagnostic {
        Diagnostic(
            .warning, .missingProfile, at: origin, object: ObjectName(id).description,
            field: "spec.profiles",
            message:
                "there is no profile \(MessageText.quoted(profile)): it denies everything that "
                + "no policy decides",
            remedy: "add a Profile of this name, or name another")
    }
}

extension ClusterState {
    /// What is to be said about policies whose tiers, and endpoints whose profiles, do not exist.
    func danglingReferences(
        _ policies: [Located<Policy>], _ staged: [Located<StagedPolicy>],
        _ endpoints: [Located<Endpoint>]
    ) -> [Diagnostic] {
        let known = Set(tiers.map(\.name))
        let profiles = Set(profiles.map(\.name))
        var problems: [Diagnostic] = []
        for policy in policies {
            guard let tier = policy.value.namedTier, !known.contains(tier) else { continue }
            problems.append(.unknownTier(tier, of: policy.value.id, at: policy.origin))
        }
        for object in staged {
            guard let tier = object.value.namedTier, !known.contains(tier) else { continue }
            problems.append(.unknownTier(tier, of: object.value.id, at: object.origin))
        }
        for endpoint in endpoints {
            for name in endpoint.value.namedProfiles where !profiles.contains(name) {
                problems.append(
                    .missingProfile(name, of: endpoint.value.id, at: endpoint.origin))
            }
        }
        return problems
    }
}
