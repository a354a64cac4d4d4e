// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Sets of packets that can be taken away from others without looking at all of them: most concern
/// one address on one side.
struct CubeIndex {
    private var cubes: [PacketCube] = []
    private var bySource = Shelves()
    private var byDestination = Shelves()
    private var general = Shelf()

    /// More addresses than this on both sides are no matter of single endpoints.
    private static let few = 32
    /// More transports than this are no matter of single ports.
    private static let fewPorts = 3

    /// The numbers of cubes, sorted by their transports where these are few.
    private struct Shelf {
        var all: [Int] = []
        var wide: [Int] = []
        var byTransport: [Int: [Int]] = [:]

        mutating func insert(_ number: Int, _ transports: [Int]?) {
            all.append(number)
            guard let transports else { return wide.append(number) }
            for transport in transports { byTransport[transport, default: []].append(number) }
        }

        /// The cubes that can share packets with one of these transports; nil: of many.
        func candidates(_ transports: [Int]?) -> [Int] {
            guard let transports else { return all }
            return wide + transports.flatMap { byTransport[$0] ?? [] }
        }
    }

    /// The cubes of each address, in the order in which addresses were first seen: what is left
    /// must not depend on how a dictionary is sorted.
    private struct Shelves {
        var addresses: [Int] = []
        var byAddress: [Int: Shelf] = [:]

        mutating func insert(_ number: Int, _ address: Int, _ transports: [Int]?) {
            if byAddress[address] == nil { addresses.append(address) }
            byAddress[address, default: Shelf()].insert(number, transports)
        }
    }

    init(_ cubes: some Sequence<PacketCube>) { for cube in cubes { insert(cube) } }

    mutating func insert(_ cube: PacketCube) {
        let number = cubes.count
        cubes.append(cube)
        let transports = cube.transports.members(upTo: Self.fewPorts)
        if let sources = cube.sources.members(upTo: Self.few) {
            for source in sources { bySource.insert(number, source, transports) }
        } else if let destinations = cube.destinations.members(upTo: Self.few) {
            for destination in destinations {
                byDestination.insert(number, destination, transports)
            }
        } else {
            general.insert(number, transports)
        }
    }

    /// What is left of a cube without the packets of all cubes here.
    func rest(of cube: PacketCube) -> [PacketCube] {
        var rest = remove(general, from: [cube], cube.transports.members(upTo: Self.fewPorts))
        // The side on which the cube is narrow has fewer candidates, which often cover it.
        let sides: [Side] =
            cube.destinations.count(upTo: Self.few + 1) > Self.few
            ? [.source, .destination] : [.destination, .source]
        for side in sides { rest = rest.flatMap { remove(narrowCubes: side, from: $0) } }
        return rest
    }

    private enum Side {
        case source, destination
    }

    /// What is left without the cubes that are narrow on one side.
    private func remove(narrowCubes side: Side, from cube: PacketCube) -> [PacketCube] {
        let addresses = side == .source ? cube.sources : cube.destinations
        let shelves = side == .source ? bySource : byDestination
        let transports = cube.transports.members(upTo: Self.fewPorts)
        let candidates =
            addresses.members(upTo: Self.few) ?? shelves.addresses.filter(addresses.contains)
        var rest = [cube]
        for address in candidates where !rest.isEmpty {
            guard let shelf = shelves.byAddress[address] else { continue }
            rest = remove(shelf, from: rest, transports)
        }
        return rest
    }

    private func remove(_ shelf: Shelf, from rest: [PacketCube], _ transports: [Int]?)
        -> [PacketCube]
    {
        var rest = rest
        for number in shelf.candidates(transports) where !rest.isEmpty {
            rest = rest.subtracting(cubes[number])
        }
        return rest
    }
}

extension BitSet {
    /// The members, if there are no more than so many.
    fileprivate func members(upTo limit: Int) -> [Int]? {
        count(upTo: limit + 1) > limit ? nil : members
    }
}
