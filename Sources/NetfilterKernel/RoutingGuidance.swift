// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// Which table of routes the kernel asks, for one family.
public struct RoutingGuidance: Hashable, Sendable {
    /// The table that is asked first for any packet, but for that of the node's own addresses; nil if
    /// there is none.
    public var table: UInt32?
    /// Addresses for which rules before that ask another table, or do something else.
    public var exceptions: Set<CIDR>

    /// Guidance of these parts.
    public init(table: UInt32?, exceptions: Set<CIDR> = []) {
        self.table = table
        self.exceptions = exceptions
    }

    /// What the kernel does unless it is told otherwise.
    public static let standard = RoutingGuidance(table: 254)
}

/// One of the rules that say which table is asked.
struct GuidingRule {
    let priority: UInt32
    let table: UInt32
    let destination: CIDR
    /// It holds for whatever is sent there, wherever it comes from.
    let asksNothingElse: Bool
    /// It asks a table, and takes what that says.
    let isPlain: Bool

    /// From `RTM_NEWRULE`; nil for what is no rule of IPv4 or IPv6.
    init?(_ message: NetlinkMessage) {
        let header = message.payload
        guard let family = header.integer(UInt8.self, at: 0).flatMap(AddressFamily.init(socket:)),
            let length = header.integer(UInt8.self, at: 1).map(Int.init),
            length <= (family == .ipv4 ? 32 : 128),
            let sourceLength = header.integer(UInt8.self, at: 2),
            let service = header.integer(UInt8.self, at: 3),
            let shortTable = header.integer(UInt8.self, at: 4),
            let action = header.integer(UInt8.self, at: RoutingRule.actionOffset),
            let flags = header.integer(UInt32.self, at: RoutingRule.flagsOffset)
        else { return nil }
        let attributes = message.attributes(behind: RoutingRule.headerLength)
        guard let network = IPAddress(attributes.first(RoutingRule.destination), family) else {
            return nil
        }
        let harmless = [
            RoutingRule.destination, RoutingRule.priority, RoutingRule.table, RoutingRule.origin,
            RoutingRule.shortestPrefix, RoutingRule.group, RoutingRule.padding,
        ]
        let suppresses = [RoutingRule.shortestPrefix, RoutingRule.group].contains {
            attributes.first($0)?.integer(Int32.self, at: 0) ?? -1 != -1
        }
        priority = attributes.first(RoutingRule.priority)?.integer(at: 0) ?? 0
        table = attributes.first(RoutingRule.table)?.integer(at: 0) ?? UInt32(shortTable)
        destination = CIDR(network, prefixLength: length)
        asksNothingElse =
            sourceLength == 0 && service == 0 && flags & RoutingRule.isInverted == 0
            && attributes.allSatisfy { harmless.contains($0.type) }
        isPlain = action == RoutingRule.asksTable && !suppresses
    }
}

extension RoutingGuidance {
    /// What some rules of one family come to. Rules that ask for more than the destination, such as
    /// for a mark, are about single packets, and do not tell where an address is.
    init(_ rules: [GuidingRule]) {
        var former: [GuidingRule] = []
        table = nil
        for rule in rules.sorted(by: { $0.priority < $1.priority }) where rule.asksNothingElse {
            if rule.table == RoutingMessage.localTable, rule.isPlain { continue }
            if rule.destination.prefixLength == 0 {
                table = rule.isPlain ? rule.table : nil
                break
            }
            former.append(rule)
        }
        exceptions = []
        for rule in former where !rule.isPlain || rule.table != table {
            exceptions.insert(rule.destination)
        }
    }
}
