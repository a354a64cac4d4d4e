// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

extension Diagnostic {
    /// A policy whose tier does not exist, or not yet.
    static func missingTier(_ tier: String, of id: PolicyID, at origin: Origin) -> Diagnostic {
        Diagnostic(
            .warning, at: origin, object: ObjectName(id).description, field: "spec.tier",
            message: "there is no tier \(MessageText.quoted(tier)): it is asked last, and denies "
                + "what its policies do not allow",
            remedy: "add a Tier of this name, or name another")
    }

    /// An endpoint that names a profile which does not exist, or not yet.
    static func missingProfile(
        _ profile: String, of id: EndpointID, at origin: Origin
    ) -> Diagnostic {
        Diagnostic(
            .warning, at: origin, object: ObjectName(id).description, field: "spec.profiles",
            message:
                "there is no profile \(MessageText.quoted(profile)): it denies everything that "
                + "no policy decides",
            remedy: "add a Profile of this name, or name another")
    }
}

extension ClusterState {
    /// The warnings about policies whose tiers, and endpoints whose profiles, do not exist.
    func danglingReferences(
        _ policies: [Located<Policy>], _ staged: [Located<StagedPolicy>],
        _ endpoints: [Located<Endpoint>]
    ) -> [Diagnostic] {
        let known = Set(tiers.map(\.name))
        let profiles = Set(profiles.map(\.name))
        var warnings: [Diagnostic] = []
        for policy in policies where !known.contains(policy.value.tier) {
            warnings.append(
                .missingTier(policy.value.tier, of: policy.value.id, at: policy.origin))
        }
        for object in staged {
            guard case .set(let policy) = object.value.action, !known.contains(policy.tier)
            else { continue }
            warnings.append(.missingTier(policy.tier, of: object.value.id, at: object.origin))
        }
        for endpoint in endpoints {
            for name in endpoint.value.particulars?.profiles ?? []
            where !profiles.contains(name) && Profile.implied(name) == nil {
                warnings.append(
                    .missingProfile(name, of: endpoint.value.id, at: endpoint.origin))
            }
        }
        return warnings
    }
}
