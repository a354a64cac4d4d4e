// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// All packets of one family, cut so finely that ruleset and policies treat all packets of a cell
/// alike: address classes on both sides, classes of interfaces, and atoms of transports.
struct PacketSpace<Bits: AddressBits>: Sendable {
    let addresses: AddressClasses<Bits>
    let interfaces: InterfaceClasses
    let transports: TransportAtoms

    /// Collects what anybody asks of a packet.
    struct Builder {
        var addresses = AddressClasses<Bits>.Builder()
        var interfaces = InterfaceClasses.Builder()
        var transports = TransportAtoms.Builder()
        private var intervals: [ClosedRange<Bits>: Int] = [:]

        /// The trait of an interval's addresses; the same one for the same interval.
        mutating func trait(of interval: ClosedRange<Bits>) -> Int {
            if let known = intervals[interval] { return known }
            let trait =
                interval.lowerBound == interval.upperBound
                ? addresses.addTrait(points: [interval.lowerBound])
                : addresses.addTrait(intervals: IntervalSet([interval]))
            intervals[interval] = trait
            return trait
        }

        func build() -> PacketSpace {
            PacketSpace(
                addresses: addresses.build(), interfaces: interfaces.build(),
                transports: transports.build())
        }
    }

    /// Every packet, by whatever interfaces, in some moments.
    func everything(_ circumstances: Circumstances) -> PacketCube {
        PacketCube(
            sources: .full(space: addresses.count), destinations: .full(space: addresses.count),
            inputs: .full(space: interfaces.count), outputs: .full(space: interfaces.count),
            transports: .full(space: transports.count), circumstances: circumstances)
    }
}
