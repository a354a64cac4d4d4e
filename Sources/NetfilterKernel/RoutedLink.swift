// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import CNetfilter

/// A network interface, as far as it decides whether one neighbour alone can be behind it.
public struct RoutedLink: Hashable, Sendable {
    /// The interface's number, which routes name. One that is made anew under its name has another.
    public var number: UInt32
    /// The interface's name.
    public var name: String
    /// What it is, such as `bridge` or `veth`; nil for one that no driver of links made, such as
    /// hardware.
    public var kind: String?
    /// Whether it is a port of another interface, such as of a bridge, by which its packets come
    /// then.
    public var isPort: Bool
    /// Whether it has another end, which is in another network namespace.
    public var endsElsewhere: Bool
    /// Whether it is in use. IPv4 forgets the routes of one that no longer is, without notice.
    public var isUp: Bool

    /// An interface.
    public init(
        number: UInt32, name: String, kind: String?, isPort: Bool = false,
        endsElsewhere: Bool = false, isUp: Bool = true
    ) {
        self.number = number
        self.name = name
        self.kind = kind
        self.isPort = isPort
        self.endsElsewhere = endsElsewhere
        self.isUp = isUp
    }

    /// Kinds that are cables with two ends.
    private static let cables: Set<String> = ["veth", "netkit"]

    /// Whether all that comes by it comes from one other network namespace: it is a cable whose
    /// other end is there. A bridge, a tunnel and the node's own cards are not.
    public var isCable: Bool {
        kind.map(Self.cables.contains) ?? false && endsElsewhere && !isPort
    }
}

extension RoutedLink {
    /// From `RTM_NEWLINK`; nil for what bridges tell of their ports, and without a name.
    init?(_ message: NetlinkMessage) {
        let attributes = message.attributes(behind: RoutingMessage.linkHeaderLength)
        guard message.family == UInt8(AF_UNSPEC),
            let number = message.payload.integer(
                UInt32.self, at: RoutingMessage.linkNumberOffset),
            let flags = message.payload.integer(UInt32.self, at: RoutingMessage.linkFlagsOffset),
            let name = attributes.first(LinkAttribute.name)?.string
        else { return nil }
        let information = attributes.first(LinkAttribute.information)
        self.init(
            number: number, name: name,
            kind: information.flatMap { AttributeList($0).first(LinkAttribute.kind)?.string },
            isPort: attributes.first(LinkAttribute.master)?.integer(UInt32.self, at: 0) ?? 0 != 0,
            endsElsewhere: attributes.first(LinkAttribute.otherNamespace) != nil,
            isUp: flags & LinkAttribute.isUp != 0)
    }
}
