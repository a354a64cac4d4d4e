// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A condition on packets that leaves open what it does not name.
struct PartialCube: Sendable {
    /// Classes of source addresses; nil: any.
    let sources: BitSet?
    /// Classes of destination addresses; nil: any.
    let destinations: BitSet?
    /// Classes of interfaces by which packets come; nil: any.
    let inputs: BitSet?
    /// Classes of interfaces by which packets leave; nil: any.
    let outputs: BitSet?
    /// Atoms of transports; nil: any.
    let transports: BitSet?
    /// The moments.
    var circumstances = Circumstances.all
    /// The only source, if there is but one: tells quickly what does not fit.
    private let onlySource: Int?
    /// The only destination, if there is but one.
    private let onlyDestination: Int?

    init(
        sources: BitSet? = nil, destinations: BitSet? = nil, inputs: BitSet? = nil,
        outputs: BitSet? = nil, transports: BitSet? = nil,
        circumstances: Circumstances = .all
    ) {
        self.sources = sources
        self.destinations = destinations
        self.inputs = inputs
        self.outputs = outputs
        self.transports = transports
        self.circumstances = circumstances
        onlySource = sources?.onlyMember
        onlyDestination = destinations?.onlyMember
    }

    /// No packet is meant.
    var isEmpty: Bool {
        circumstances.isEmpty || sources?.isEmpty == true || destinations?.isEmpty == true
            || inputs?.isEmpty == true || outputs?.isEmpty == true || transports?.isEmpty == true
    }

    /// The packets of the cube that are meant; nil if none is.
    func intersection(_ cube: PacketCube) -> PacketCube? {
        if let onlySource, !cube.sources.contains(onlySource) { return nil }
        if let onlyDestination, !cube.destinations.contains(onlyDestination) { return nil }
        guard !circumstances.isDisjoint(with: cube.circumstances) else { return nil }
        if let inputs, !inputs.intersects(cube.inputs) { return nil }
        if let outputs, !outputs.intersects(cube.outputs) { return nil }
        if let sources, !sources.intersects(cube.sources) { return nil }
        if let destinations, !destinations.intersects(cube.destinations) { return nil }
        if let transports, !transports.intersects(cube.transports) { return nil }
        var result = cube
        result.circumstances.formIntersection(circumstances)
        if let sources { result.sources = cube.sources.intersection(sources) }
        if let destinations {
            result.destinations = cube.destinations.intersection(destinations)
        }
        if let inputs { result.inputs = cube.inputs.intersection(inputs) }
        if let outputs { result.outputs = cube.outputs.intersection(outputs) }
        if let transports { result.transports = cube.transports.intersection(transports) }
        return result
    }
}
