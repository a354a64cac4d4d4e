// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyTestKit
import RivalRulesets

/// What one case costs under each shape. In each round every shape has its turn, and what a shape
/// adds is counted from the conntrack chain of the same round.
struct PacketMeasurement {
    /// What was measured of one shape.
    struct Result {
        /// Processor time for each packet, in nanoseconds.
        var time: Sample
        /// What of it comes on top of the conntrack chain, in nanoseconds.
        var added: Sample
        /// What comes on top of no ruleset at all, in nanoseconds.
        var aboveBare: Sample
        var objects: RulesetObjects
    }

    let kind: PacketCase
    let rounds: Int
    let nodes: [PacketShape: ForwardingNode]

    /// About how long one run takes, and how many packets it has at least and at most. A run's
    /// connections all stay until its end, and the kernel holds 262,144 unless told otherwise.
    private static let runTime = 40_000_000.0
    private static let counts = 3_000.0...20_000.0
    /// Established flows cost little more than a chain, so that small differences count.
    private static let establishedFactor = 3

    /// Measures all shapes.
    ///
    /// - Throws: ``BenchmarkFailure`` when a shape decides otherwise than it must.
    func run() throws -> [PacketShape: Result] {
        let (world, stream) = kind.make()
        let state = world.state
        let rivals = RivalNode(
            state, node: PacketWorld.node, prefix: "cali", pools: PacketWorld.pools
        ) { $0 == PacketWorld.server ? ForwardingNode.output : nil }
        var objects: [PacketShape: RulesetObjects] = [:]
        for (shape, node) in nodes {
            try shape.load(
                in: node.namespace, state, node: PacketWorld.node, rivals, kind.family,
                drops: !kind.isAllowed)
            objects[shape] = try RulesetObjects(in: node.namespace)
        }
        let injector = try ForwardingNode.Injector(stream)
        let shapes = PacketShape.allCases.filter { nodes[$0] != nil }
        var counts: [PacketShape: Int] = [:]
        for shape in shapes {
            let node = nodes[shape]!
            try node.namespace.flushConnectionTracking()
            if kind.isEstablished { try establish(stream, node) }
            let trial = try passage(shape, injector, 2_000)
            let count = min(
                max(Self.runTime / trial, Self.counts.lowerBound), Self.counts.upperBound)
            counts[shape] = Int(count)
        }
        var times: [PacketShape: [Double]] = [:]
        for _ in 0..<rounds * (kind.isEstablished ? Self.establishedFactor : 1) {
            for shape in shapes {
                if !kind.isEstablished { try nodes[shape]!.namespace.flushConnectionTracking() }
                times[shape, default: []].append(try passage(shape, injector, counts[shape]!))
            }
        }
        func difference(_ shape: PacketShape, _ other: PacketShape) -> Sample {
            Sample(zip(times[shape]!, times[other]!).map { $0 - $1 })
        }
        for node in nodes.values { try node.namespace.flushConnectionTracking() }
        return Dictionary(
            uniqueKeysWithValues: shapes.map { shape in
                (
                    shape,
                    Result(
                        time: Sample(times[shape]!), added: difference(shape, .tracked),
                        aboveBare: difference(shape, .bare), objects: objects[shape]!)
                )
            })
    }

    /// Processor time for each of so many packets, all of which must be forwarded or none.
    private func passage(
        _ shape: PacketShape, _ injector: ForwardingNode.Injector, _ count: Int
    ) throws -> Double {
        let passage = try nodes[shape]!.inject(injector, count: count)
        let expected = kind.isAllowed || shape == .bare ? count : 0
        guard passage.forwarded == expected else {
            throw BenchmarkFailure(
                text: """
                    \(kind.name): \(shape.rawValue) forwarded \(passage.forwarded) of \(count) \
                    packets, not \(expected)
                    """)
        }
        return passage.time
    }

    /// Has packets of all flows pass in both directions.
    private func establish(_ stream: PacketStream, _ node: ForwardingNode) throws {
        for stream in [stream, stream.replies, stream] {
            _ = try node.inject(ForwardingNode.Injector(stream), count: 256)
        }
    }
}
