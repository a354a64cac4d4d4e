// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import MatchIR
import NftablesModel
import PolicyModel

/// What the rules of a chain say about the policies' rules that they come from:
/// `security: block ingress[0], ingress[2]`.
///
/// The chain's comment has the policies with tier and kind. The rules leave the kind out, unless the
/// chain's comment does not name all policies or has two of one name in a tier. Where all policies are
/// Kubernetes' own, rules say nothing.
struct RuleComments {
    private let isKubernetes: Bool
    private let isCut: Bool
    private let ambiguous: Set<Name>

    private struct Name: Hashable {
        var tier: String
        var policy: String

        init(_ origin: RuleOrigin) {
            tier = origin.tier
            policy = origin.policy.description
        }
    }

    /// - Parameter policies: those that the chain's comment is about.
    init(_ policies: [RuleOrigin]) {
        isKubernetes = policies.allSatisfy(\.isKubernetes)
        if isKubernetes {
            isCut = false
            ambiguous = []
            return
        }
        isCut = !Self.isRoom(for: policies)
        // Where kinds are named anyway, nobody asks.
        if isCut {
            ambiguous = []
            return
        }
        var names: Set<Name> = []
        ambiguous = Set(policies.map(Name.init).filter { !names.insert($0).inserted })
    }

    private static func isRoom(for policies: [RuleOrigin]) -> Bool {
        var length = 0
        return policies.parts.allSatisfy { part in
            length += part.utf8.count
            return length <= Comment.maximumLength
        }
    }

    /// The comment of what these rules decide.
    func text(_ origins: [RuleOrigin]) -> String? {
        if isKubernetes { return nil }
        let namesKinds = isCut || origins.contains { ambiguous.contains(Name($0)) }
        return Comment.joining(namesKinds ? origins.parts : origins.partsWithoutKinds)
    }

    /// The comment of what decides about the packets that no run decides; nil where none is needed.
    func ending(of cell: Cell, _ stage: Stage) -> String? {
        switch cell.endingOrigin {
        case .rules(let rules): return text(rules)
        case .tier(Tier.standard.name), .nothing: return nil
        case .tier where stage.leavesUndecided: return nil
        case .tier(Profile.tier.name): return "end of profiles"
        case .tier(let name): return Comment.fitting("end of tier \(name)")
        }
    }
}
