// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyTestKit
import RivalRulesets

/// How many TCP connections a second one pod makes to another on the same node, under rulesets of
/// several shapes for the same policies. In each round every shape has its turn, and what it reaches
/// is told in parts of what the conntrack chain reaches in the same round.
struct ConnectionsBenchmark {
    let report: Report
    let rounds: Int

    private static let policyCounts = [100, 500]
    private static let connections = 2_000
    private static let shapes: [PacketShape] = [.bare, .tracked, .sluice, .felixWhole, .flat]
    /// The least part of the conntrack chain's connections that is to be reached.
    private static let goal = 0.9

    func run() throws {
        let pair = try ConnectionPair(ConnectionWorld.addresses)
        for count in Self.policyCounts { try measure(ConnectionWorld(policies: count), pair) }
    }

    private func measure(_ world: ConnectionWorld, _ pair: ConnectionPair) throws {
        let state = world.state
        let real = [
            ConnectionWorld.id(ConnectionPair.client):
                try pair.lab.interfaceName(ofHost: ConnectionPair.client),
            ConnectionWorld.id(ConnectionPair.server):
                try pair.lab.interfaceName(ofHost: ConnectionPair.server),
        ]
        let rivals = RivalNode(
            state, node: ConnectionWorld.node, prefix: "veth", pools: PacketWorld.pools
        ) { real[$0] ?? "veth-\($0.name)" }
        var elapsed: [PacketShape: [Double]] = [:]
        var processor: [PacketShape: [Double]] = [:]
        var objects: [PacketShape: RulesetObjects] = [:]
        for round in 0...rounds {
            report.note("\(world.policies) policies, round \(round) of \(rounds)")
            for shape in Self.shapes {
                try shape.load(
                    in: pair.lab.node, state, node: ConnectionWorld.node, rivals, .ipv4,
                    drops: false)
                if shape != .bare { try pair.lab.flushConnectionTracking() }
                if round == 0 { objects[shape] = try RulesetObjects(in: pair.lab.node) }
                let time = try pair.connect(Self.connections)
                if round == 0 { continue }
                elapsed[shape, default: []].append(time.elapsed)
                processor[shape, default: []].append(time.processor)
            }
        }
        func part(_ shape: PacketShape, _ times: [PacketShape: [Double]]) -> Sample {
            Sample(zip(times[.tracked]!, times[shape]!).map { $0 / $1 })
        }
        for shape in Self.shapes {
            print(
                "\(world.policies) policies", shape, Sample(elapsed[shape]!.map { 1e9 / $0 }),
                part(shape, elapsed), part(shape, processor), objects[shape]!)
        }
        for (clock, times) in [("elapsed", elapsed), ("processor", processor)] {
            let reached = part(.sluice, times).median
            report.printGoal(
                "\(world.policies) policies: connections by \(clock) time in parts of a "
                    + "conntrack chain's", reached,
                limit: Self.goal, isMet: reached >= Self.goal, comparison: "at least")
        }
    }

    private func print(
        _ name: String, _ shape: PacketShape, _ rate: Sample, _ part: Sample, _ processor: Sample,
        _ objects: RulesetObjects
    ) {
        let fields = [
            "\"case\": \"\(name)\"", "\"shape\": \"\(shape.key)\"",
            "\"unit\": \"connections/s\"", "\"rate\": \(Report.number(rate.median))",
            "\"part\": \(Report.number(part.median))",
            "\"part_min\": \(Report.number(part.minimum))",
            "\"part_max\": \(Report.number(part.maximum))",
            "\"processor_part\": \(Report.number(processor.median))",
            "\"runs\": \(rate.values.count)",
        ]
        var text = "\(name): \(shape.rawValue): \(Report.number(rate.median)) connections/s"
        text += " (\(Report.number(rate.minimum))-\(Report.number(rate.maximum)),"
        text += " \(rate.values.count) runs); \(Report.number(part.median)) of a conntrack chain's"
        text += " (\(Report.number(part.minimum))-\(Report.number(part.maximum)));"
        text += " by processor time \(Report.number(processor.median))"
        report.print(
            json: fields + objects.json,
            text: shape == .bare ? text : "\(text); \(objects.text)")
    }
}
