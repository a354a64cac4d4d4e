// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetfilterKernel
import NetworkPrimitives
import NftablesModel
import NodeCompiler
import PolicyModel
import PolicyTestKit
import RivalRulesets
import RulesetDiff

/// A ruleset that packets are measured with.
enum PacketShape: String, CaseIterable {
    /// No ruleset, and so no connection tracking.
    case bare = "no policy"
    /// One chain with `ct state established,related accept`: what every other cost is counted from.
    case tracked = "conntrack chain"
    /// The same once more: how far two measurements of one thing are apart.
    case control = "conntrack chain again"
    /// What the compiler makes, committed as the agent commits it.
    case sluice = "sluice"
    /// What Felix makes, in its filter chains alone.
    case felixFilter = "Felix-shaped, filter"
    /// The same with the chains of raw, mangle and nat.
    case felixWhole = "Felix-shaped, whole"
    /// One rule for each policy.
    case flat = "flat"

    /// The name in JSON.
    var key: String {
        switch self {
        case .bare: "bare"
        case .tracked: "conntrack"
        case .control: "control"
        case .sluice: "sluice"
        case .felixFilter: "felix-filter"
        case .felixWhole: "felix"
        case .flat: "flat"
        }
    }

    /// Replaces whatever stands in a namespace.
    ///
    /// - Parameters:
    ///   - place: where.
    ///   - state: the cluster whose policies are meant.
    ///   - rivals: the same as rivals see it.
    ///   - family: of the packets to come.
    ///   - drops: whether the chains without policies drop what is not established, so that they
    ///     are comparable with policies that deny.
    func load(
        in place: PolicyTestKit.NetworkNamespace, _ state: ClusterState, node: String,
        _ rivals: RivalNode, _ family: AddressFamily, drops: Bool
    ) throws {
        try place.execute(["nft", "flush", "ruleset"])
        switch self {
        case .bare: break
        case .tracked, .control:
            try nft(
                """
                table inet tracked {
                    chain forward {
                        type filter hook forward priority filter; policy \(drops ? "drop" : "accept");
                        ct state established,related accept
                    }
                }

                """, place)
        case .sluice:
            let table = NodeCompilation(state, node: node).table
            let ruleset = try KernelRuleset(
                in: NetfilterKernel.NetworkNamespace(path: "/run/netns/\(place.name)"))
            try ruleset.commit(Transaction(from: nil, to: table))
        case .felixFilter: try nft(FelixRuleset(rivals, family, .filter).text(), place)
        case .felixWhole: try nft(FelixRuleset(rivals, family, .whole).text(), place)
        case .flat: try nft(FlatRuleset(rivals, family).text(), place)
        }
    }

    private func nft(_ text: String, _ place: PolicyTestKit.NetworkNamespace) throws {
        try place.execute(["nft", "-f", "-"], input: text)
    }
}

extension RulesetObjects {
    /// Counts all that stands in a namespace.
    init(in namespace: PolicyTestKit.NetworkNamespace) throws {
        self.init(listing: try namespace.execute(["nft", "--debug=netlink", "list", "ruleset"]))
    }
}
