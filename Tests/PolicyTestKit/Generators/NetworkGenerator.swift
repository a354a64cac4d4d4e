// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Draws address blocks with exceptions, around the addresses of a world.
struct NetworkGenerator {
    var random: SeededGenerator
    let style: WorldGenerator.Style
    /// The addresses that blocks are likely to contain.
    let addresses: [IPAddress]

    /// A block of either family: everything, one address, or something between.
    mutating func network() -> Peer {
        let address = random.pick(addresses)
        let longest = address.family == .ipv4 ? 32 : 128
        let length =
            switch address.family {
            case .ipv4: random.pick([0, 8, 16, 24, 24, 25, 28, 32])
            case .ipv6: random.pick([0, 32, 48, 64, 64, 65, 120, 128])
            }
        let block = CIDR(address, prefixLength: length)
        var exceptions: [CIDR] = []
        if length < longest, random.chance(50) {
            for _ in 1...random.number(in: 1...2) { exceptions.append(exception(of: block)) }
        }
        if style == .tiered, random.chance(10) { exceptions.append(oddity(block)) }
        return .network(block, except: exceptions)
    }

    /// A smaller block inside one: around an address of the world if it contains one, or at its
    /// very beginning.
    private mutating func exception(of block: CIDR) -> CIDR {
        let inside = addresses.filter(block.contains) + [block.network]
        let longest = block.family == .ipv4 ? 32 : 128
        let deeper = random.pick([1, 2, 4, 8, longest])
        return CIDR(
            random.pick(inside), prefixLength: min(longest, block.prefixLength + deeper))
    }

    /// An exception that Kubernetes refuses and other sources may have: the whole block (S17), one
    /// that contains it, or one of somewhere else.
    private mutating func oddity(_ block: CIDR) -> CIDR {
        random.pick([
            block, CIDR(block.network, prefixLength: block.prefixLength / 2),
            CIDR(random.pick(addresses), prefixLength: 32),
        ])
    }
}
