// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Policies of an endpoint, and packets to it.
struct PacketCase: Hashable {
    /// Which policies the endpoint has.
    enum Policies: Hashable {
        /// So many Kubernetes policies, each of which allows a group of pods.
        case allow(Int)
        /// So many policies in three tiers: of the first, each denies a group; of the second, each
        /// passes one on; of the third, each allows one.
        case tiers(Int)
        /// One Kubernetes policy that allows so many blocks.
        case blocks(Int)
    }

    /// Which policy speaks of the senders.
    enum Match: String, Hashable, CaseIterable {
        case first, last
        /// None: their packets are denied.
        case never
    }

    /// Which ports the policies are about.
    enum PortChoice: String, Hashable, CaseIterable {
        /// All about the same.
        case one = "one port"
        /// Each about another.
        case many = "many ports"
    }

    var policies: Policies
    var ports = PortChoice.one
    var match = Match.last
    var family = AddressFamily.ipv4
    /// The packets belong to connections that exist.
    var isEstablished = false

    /// `200 policies, one port, last, IPv4, new`.
    var name: String {
        let what =
            switch policies {
            case .allow(1): "1 policy"
            case .allow(let count): "\(count) policies"
            case .tiers(let count): "\(count) policies in tiers"
            case .blocks(1): "1 block"
            case .blocks(let count): "\(count) blocks"
            }
        return [
            what, ports.rawValue, match.rawValue, family == .ipv4 ? "IPv4" : "IPv6",
            isEstablished ? "established" : "new",
        ].joined(separator: ", ")
    }

    /// Whether packets are let pass.
    var isAllowed: Bool { match != .never }

    /// The cluster and its packets.
    func make() -> (world: PacketWorld, stream: PacketStream) {
        var world = PacketWorld(family)
        var source = world.sender
        var mask = PacketWorld.senderMask
        var port = PacketWorld.firstPort
        switch policies {
        case .allow(let count):
            port = allow(count, &world, besides: [:])
        case .tiers(let count):
            port = tiers(count, &world)
        case .blocks(let count):
            let blocks = (0..<count).map { PacketWorld.block($0, family) }
            world.allow(blocks.map { .network($0, except: []) }, port: port)
            let number =
                switch match {
                case .first: 0
                case .last: count - 1
                case .never: count
                }
            source = PacketWorld.block(number, family).network
            mask = PacketWorld.blockMask
        }
        let stream = PacketStream.newFlows(
            from: source, mask: mask, to: world.destination, port: port)
        return (world, isEstablished ? stream.ofFewFlows : stream)
    }

    /// Adds policies that allow, and gives the port to which the senders send.
    private func allow(
        _ count: Int, _ world: inout PacketWorld, besides labels: [String: String]
    ) -> UInt16 {
        let chosen: Int? =
            switch match {
            case .first: 0
            case .last: count - 1
            case .never: nil
            }
        func port(_ number: Int) -> UInt16 {
            PacketWorld.firstPort + (ports == .one ? 0 : UInt16(number))
        }
        for number in 0..<count {
            world.allow([PacketWorld.group("group", "\(number)")], port: port(number))
            if number != chosen { world.addGroup("group", "\(number)") }
        }
        let group = chosen.map { "\($0)" } ?? "strangers"
        world.addSenders(labels.merging(["group": group]) { $1 })
        return port(chosen ?? count - 1)
    }

    private func tiers(_ count: Int, _ world: inout PacketWorld) -> UInt16 {
        let share = count / 3
        let security = Tier(name: "security", order: 10, defaultAction: .pass)
        let platform = Tier(name: "platform", order: 20, defaultAction: .deny)
        for number in 0..<share {
            world.add(
                .deny, from: PacketWorld.group("threat", "\(number)", reach: .everything),
                in: security)
            world.addGroup("threat", "\(number)")
        }
        for number in 0..<share {
            world.add(
                .pass, from: PacketWorld.group("team", "\(number)", reach: .everything),
                in: platform)
            if number < share - 1 { world.addGroup("team", "\(number)") }
        }
        return allow(count - 2 * share, &world, besides: ["team": "\(share - 1)"])
    }
}
