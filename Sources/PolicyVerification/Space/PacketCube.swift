// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// The packets of one family whose source, destination, interfaces, transport and circumstances
/// each lie in a set.
struct PacketCube: Hashable, Sendable {
    /// Classes of source addresses.
    var sources: BitSet
    /// Classes of destination addresses.
    var destinations: BitSet
    /// Classes of the interfaces by which they come.
    var inputs: BitSet
    /// Classes of the interfaces by which they leave.
    var outputs: BitSet
    /// Atoms of protocol and ports.
    var transports: BitSet
    /// In which of these moments.
    var circumstances: Circumstances

    /// No packet is in it.
    var isEmpty: Bool {
        circumstances.isEmpty || transports.isEmpty || sources.isEmpty || destinations.isEmpty
            || inputs.isEmpty || outputs.isEmpty
    }

    /// Whether a packet is in both.
    func intersects(_ other: PacketCube) -> Bool {
        !circumstances.isDisjoint(with: other.circumstances)
            && inputs.intersects(other.inputs) && outputs.intersects(other.outputs)
            && transports.intersects(other.transports) && sources.intersects(other.sources)
            && destinations.intersects(other.destinations)
    }

    /// The packets in both; nil if there is none.
    func intersection(_ other: PacketCube) -> PacketCube? {
        guard intersects(other) else { return nil }
        return PacketCube(
            sources: sources.intersection(other.sources),
            destinations: destinations.intersection(other.destinations),
            inputs: inputs.intersection(other.inputs),
            outputs: outputs.intersection(other.outputs),
            transports: transports.intersection(other.transports),
            circumstances: circumstances.intersection(other.circumstances))
    }

    /// The packets that are not the other's, as disjoint cubes.
    ///
    /// Transports are split before addresses, so that what is left of a cube by many rules has at
    /// most one piece for each atom of transports.
    func subtracting(_ other: PacketCube) -> [PacketCube] {
        guard intersects(other) else { return [self] }
        var pieces: [PacketCube] = []
        var rest = self
        if !other.circumstances.isSuperset(of: circumstances) {
            var piece = rest
            piece.circumstances.subtract(other.circumstances)
            pieces.append(piece)
            rest.circumstances.formIntersection(other.circumstances)
        }
        if !inputs.isSubset(of: other.inputs) {
            var piece = rest
            piece.inputs = inputs.subtracting(other.inputs)
            pieces.append(piece)
            rest.inputs = inputs.intersection(other.inputs)
        }
        if !outputs.isSubset(of: other.outputs) {
            var piece = rest
            piece.outputs = outputs.subtracting(other.outputs)
            pieces.append(piece)
            rest.outputs = outputs.intersection(other.outputs)
        }
        if !transports.isSubset(of: other.transports) {
            var piece = rest
            piece.transports = transports.subtracting(other.transports)
            pieces.append(piece)
            rest.transports = transports.intersection(other.transports)
        }
        if !sources.isSubset(of: other.sources) {
            var piece = rest
            piece.sources = sources.subtracting(other.sources)
            pieces.append(piece)
            rest.sources = sources.intersection(other.sources)
        }
        if !destinations.isSubset(of: other.destinations) {
            rest.destinations = destinations.subtracting(other.destinations)
            pieces.append(rest)
        }
        return pieces
    }
}

extension PacketCube {
    /// The packets of another cube between some addresses.
    init(_ other: PacketCube, from sources: BitSet, to destinations: BitSet) {
        self = other
        self.sources = sources
        self.destinations = destinations
    }
}

extension [PacketCube] {
    /// What is left of the cubes without the other one's packets.
    func subtracting(_ other: PacketCube) -> [PacketCube] {
        guard contains(where: { $0.intersects(other) }) else { return self }
        return flatMap { $0.subtracting(other) }
    }

    /// What is left of the cubes without the others' packets.
    func subtracting(_ others: some Sequence<PacketCube>) -> [PacketCube] {
        var rest = self
        for other in others where !rest.isEmpty { rest = rest.subtracting(other) }
        return rest
    }

    /// The same packets in fewer cubes, where some differ in one part only.
    var merged: [PacketCube] {
        guard count > 1 else { return self }
        return merging(\.circumstances) { $0.formUnion($1) }
            .merging(\.inputs) { $0.formUnion($1) }
            .merging(\.outputs) { $0.formUnion($1) }
            .merging(\.destinations) { $0.formUnion($1) }
            .merging(\.sources) { $0.formUnion($1) }
            .merging(\.transports) { $0.formUnion($1) }
    }

    private func merging<Part>(
        _ part: WritableKeyPath<PacketCube, Part>, _ join: (inout Part, Part) -> Void
    ) -> [PacketCube] {
        guard count > 1 else { return self }
        var positions: [PacketCube: Int] = [:]
        var result: [PacketCube] = []
        let blank = self[0][keyPath: part]
        for cube in self {
            var key = cube
            key[keyPath: part] = blank
            if let position = positions[key] {
                join(&result[position][keyPath: part], cube[keyPath: part])
            } else {
                positions[key] = result.count
                result.append(cube)
            }
        }
        return result
    }
}
