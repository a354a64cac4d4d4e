// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Addresses outside the cluster that all policies treat alike.
public struct OutsidePeer: Hashable, Sendable {
    /// `world`, or `world 203.0.113.0/24` for what policies single out.
    public var name: String
    /// One address for each family that the peer has; none is a pod's.
    public var addresses: [IPAddress]

    /// The peers into which the blocks of the policies divide the addresses outside.
    ///
    /// What is largest of each family makes up `world`: the ordinary Internet. It comes first, the
    /// others follow by address.
    ///
    /// - Parameters:
    ///   - policies: All whose rules matter; those of both sides where two clusters are compared.
    ///   - endpoints: The pods, whose addresses are not outside.
    ///   - states: Clusters whose network sets, nodes and Services rules may name.
    public static func all(
        _ policies: [Policy], besides endpoints: [Endpoint], in states: [ClusterState] = []
    ) -> [OutsidePeer] {
        let rules = policies.flatMap(\.allRules) + states.flatMap(\.profiles).flatMap(\.allRules)
        let named = states.flatMap { NamedNetworks($0).all(of: rules) }
        let networks = Array(Set(rules.compactMap(\.peers.networks) + named))
        let pods = endpoints.filter(\.isPoliced).flatMap(\.addresses)
        let ipv4 = OutsideRegion<UInt32>.all(
            networks.map(\.ipv4),
            besides: pods.compactMap { if case .ipv4(let bits) = $0 { bits } else { nil } })
        let ipv6 = OutsideRegion<UInt128>.all(
            networks.map(\.ipv6),
            besides: pods.compactMap { if case .ipv6(let bits) = $0 { bits } else { nil } })
        let world = OutsidePeer(
            name: "world",
            addresses: [
                ipv4.largest.map { .ipv4($0.sample) }, ipv6.largest.map { .ipv6($0.sample) },
            ].compactMap(\.self))
        return [world]
            + ipv4.others.map { region in
                OutsidePeer(
                    name: Self.name(AddressSet(ipv4: region.members)),
                    addresses: [.ipv4(region.sample)])
            }
            + ipv6.others.map { region in
                OutsidePeer(
                    name: Self.name(AddressSet(ipv6: region.members)),
                    addresses: [.ipv6(region.sample)])
            }
    }

    private static func name(_ members: AddressSet) -> String {
        let blocks = members.blocksText
        let rest = blocks.count > 3 ? " and \(blocks.count - 2) more" : ""
        return "world \(blocks.prefix(blocks.count > 3 ? 2 : 3).joined(separator: ", "))\(rest)"
    }
}

/// Addresses of one family that the same rules' blocks hold.
private struct OutsideRegion<Bits: AddressBits> {
    /// All of them, pods' too.
    var members: IntervalSet<Bits>
    /// One that is no pod's.
    var sample: Bits
    /// How many addresses are no pod's, as good as a floating-point number can tell.
    var size: Double

    static func all(
        _ networks: [IntervalSet<Bits>], besides pods: [Bits]
    ) -> (largest: Self?, others: [Self]) {
        let pods = IntervalSet(pods.map { $0...$0 })
        var regions = divide(Array(Set(networks))).compactMap { Self($0, besides: pods) }
        guard let largest = regions.indices.max(by: { regions[$0].size < regions[$1].size })
        else { return (nil, []) }
        let world = regions.remove(at: largest)
        return (world, regions)
    }

    /// Nil if all members are pods'.
    private init?(_ members: IntervalSet<Bits>, besides pods: IntervalSet<Bits>) {
        let outside = members.subtracting(pods)
        guard let first = outside.intervals.first else { return nil }
        self.members = members
        sample = first.lowerBound
        size = outside.intervals.reduce(0) {
            $0 + Double($1.upperBound - $1.lowerBound) + 1
        }
    }

    /// All addresses, divided by which of the sets hold them; in order of the first address.
    private static func divide(_ networks: [IntervalSet<Bits>]) -> [IntervalSet<Bits>] {
        var changes: [Bits: [Int]] = [.min: []]
        for (number, network) in networks.enumerated() {
            for interval in network.intervals {
                changes[interval.lowerBound, default: []].append(number)
                if interval.upperBound < .max {
                    changes[interval.upperBound + 1, default: []].append(number)
                }
            }
        }
        let cuts = changes.keys.sorted()
        var holders = Set<Int>()
        var numbers: [Set<Int>: Int] = [:]
        var regions: [[ClosedRange<Bits>]] = []
        for (index, cut) in cuts.enumerated() {
            holders.formSymmetricDifference(changes[cut] ?? [])
            let range = cut...(index + 1 < cuts.count ? cuts[index + 1] - 1 : .max)
            if let number = numbers[holders] {
                regions[number].append(range)
            } else {
                numbers[holders] = regions.count
                regions.append([range])
            }
        }
        return regions.map { IntervalSet($0) }
    }
}

extension Peers {
    /// What each block among the peers holds. Everybody is not a block.
    var blocks: [AddressSet] {
        guard case .only(let peers) = self else { return [] }
        return peers.compactMap { peer in
            guard case .network(let block, let exceptions) = peer else { return nil }
            return AddressSet([block]).subtracting(AddressSet(exceptions))
        }
    }

    /// What the blocks hold together; nil if there are none.
    var networks: AddressSet? {
        let blocks = blocks
        return blocks.isEmpty ? nil : blocks.reduce(.empty) { $0.union($1) }
    }
}
