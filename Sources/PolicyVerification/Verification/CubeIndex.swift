// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Sets of packets that can be taken away from others without looking at all of them: most concern
/// one address on one side.
struct CubeIndex {
    private var cubes: [PacketCube] = []
    private var bySource: [Int: [Int]] = [:]
    private var byDestination: [Int: [Int]] = [:]
    private var general: [Int] = []

    /// More addresses than this on both sides are no matter of single endpoints.
    private static let few = 32

    init(_ cubes: some Sequence<PacketCube>) { for cube in cubes { insert(cube) } }

    mutating func insert(_ cube: PacketCube) {
        let number = cubes.count
        cubes.append(cube)
        if let sources = cube.sources.members(upTo: Self.few) {
            for source in sources { bySource[source, default: []].append(number) }
        } else if let destinations = cube.destinations.members(upTo: Self.few) {
            for destination in destinations {
                byDestination[destination, default: []].append(number)
            }
        } else {
            general.append(number)
        }
    }

    /// What is left of a cube without the packets of all cubes here.
    func rest(of cube: PacketCube) -> [PacketCube] {
        var rest = remove(general, from: [cube])
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
        let lists = side == .source ? bySource : byDestination
        var rest = [cube]
        if let few = addresses.members(upTo: Self.few) {
            for address in few { rest = remove(lists[address] ?? [], from: rest) }
            return rest
        }
        for (address, numbers) in lists where addresses.contains(address) {
            rest = remove(numbers, from: rest)
            if rest.isEmpty { break }
        }
        return rest
    }

    private func remove(_ numbers: [Int], from rest: [PacketCube]) -> [PacketCube] {
        var rest = rest
        for number in numbers where !rest.isEmpty { rest = rest.subtracting(cubes[number]) }
        return rest
    }
}

extension BitSet {
    /// The members, if there are no more than so many.
    fileprivate func members(upTo limit: Int) -> [Int]? {
        count(upTo: limit + 1) > limit ? nil : members
    }
}
