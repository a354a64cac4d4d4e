// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import CNetfilter
import NftablesModel

/// A base chain of any table, as far as it tells which packets meet it.
public struct AttachedChain: Hashable, Sendable {
    /// The table's family as nft writes it: `inet`, `ip` or `ip6`.
    public var family: String
    /// The table's name.
    public var table: String
    /// The chain's name.
    public var name: String
    /// Hook, priority, policy and type.
    public var base: BaseChain
}

extension KernelRuleset {
    /// The base chains of all other tables that IPv4 or IPv6 packets meet, in the order of hooks and
    /// priorities. What they do is not looked at.
    ///
    /// - Throws: ``NetlinkError``.
    public func attachedChains(besides ownTable: String) throws(NetlinkError) -> [AttachedChain] {
        var chains: [AttachedChain] = []
        try request(
            MessageType.getChain, isDump: true, family: Netfilter.familyAny,
            for: "read the chains of all tables"
        ) { message throws(NetlinkError) in
            let attributes = AttributeIndex(message.attributes)
            guard let family = Self.familyNames[message.family ?? 0],
                let table = attributes.string(ChainAttribute.table),
                let chain = Chain(attributes), let base = chain.base,
                (family, table) != ("inet", ownTable)
            else { return }
            chains.append(
                AttachedChain(family: family, table: table, name: chain.name, base: base))
        }
        return chains.sorted {
            ($0.base.hook.rawValue, $0.base.priority, $0.table, $0.name)
                < ($1.base.hook.rawValue, $1.base.priority, $1.table, $1.name)
        }
    }

    /// The families whose chains IP packets meet.
    private static let familyNames: [UInt8: String] = [
        UInt8(NFPROTO_INET): "inet", UInt8(NFPROTO_IPV4): "ip", UInt8(NFPROTO_IPV6): "ip6",
    ]
}
