// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// A directory that can be told whose changes matter, so that it can say of each change of the
/// cluster what it means for them.
public protocol LivePeerDirectory: PeerDirectory, AnyObject {
    /// Begins to report the changes of a peer's addresses and blocks.
    ///
    /// - Returns: the number by which changes name the peer. Each call gives a new one.
    func follow(_ peer: EndpointPeer) -> Int

    /// Begins to report whether the answer to a question about port names changes.
    ///
    /// - Returns: the number by which changes name the question.
    func follow(_ question: PortQuestion) -> Int

    /// Begins to report whether the ports of a Service change.
    ///
    /// - Returns: the number by which changes name the question.
    func follow(portsOf service: ServiceID) -> Int

    /// Ends what `follow` has begun.
    func unfollow(_ number: Int)
}

/// Which numbers some endpoints give to a port name.
public struct PortQuestion: Hashable, Sendable {
    /// The port's name.
    public var name: String
    /// The port's protocol.
    public var transport: IPProtocol
    /// The endpoints that are meant.
    public var selector: EndpointSelector

    /// A question of these parts.
    public init(name: String, transport: IPProtocol, among selector: EndpointSelector) {
        self.name = name
        self.transport = transport
        self.selector = selector
    }
}

/// Addresses that have become members of something, and such that no longer are.
public struct AddressChange: Hashable, Sendable {
    /// New members; none of them in ``removed``.
    public var added = EndpointAddresses()
    /// Members that were.
    public var removed = EndpointAddresses()

    /// No change.
    public init() {}

    /// Nothing changes.
    public var isEmpty: Bool { added.isEmpty && removed.isEmpty }
}

extension EndpointAddresses {
    /// No address of either family.
    public var isEmpty: Bool { ipv4.isEmpty && ipv6.isEmpty }

    /// What leads here from other addresses.
    public func change(from other: EndpointAddresses) -> AddressChange {
        var change = AddressChange()
        change.added = subtracting(other)
        change.removed = other.subtracting(self)
        return change
    }

    private func subtracting(_ other: EndpointAddresses) -> EndpointAddresses {
        let gone = (ipv4: Set(other.ipv4), ipv6: Set(other.ipv6))
        return EndpointAddresses(
            ipv4: ipv4.filter { !gone.ipv4.contains($0) },
            ipv6: ipv6.filter { !gone.ipv6.contains($0) })
    }

    /// Adds an address behind those of its family.
    public mutating func append(_ address: IPAddress) {
        switch address {
        case .ipv4(let bits): ipv4.append(bits)
        case .ipv6(let bits): ipv6.append(bits)
        }
    }

    /// Puts the addresses of each family in order.
    public mutating func sort() {
        ipv4.sort()
        ipv6.sort()
    }
}

extension EndpointAddresses {
    /// The addresses before a change that has been made.
    public func undoing(_ change: AddressChange?) -> EndpointAddresses {
        guard let change else { return self }
        let added4 = Set(change.added.ipv4)
        let added6 = Set(change.added.ipv6)
        var result = EndpointAddresses(
            ipv4: ipv4.filter { !added4.contains($0) } + change.removed.ipv4,
            ipv6: ipv6.filter { !added6.contains($0) } + change.removed.ipv6)
        result.sort()
        return result
    }
}
