// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NodeCompiler
import PolicyModel
import PolicyResolution
import PolicyTestKit
import PolicyVerification
import Testing

@testable import MatchIR

/// After every pass of the compiler the program decides as the policies say.
@Suite struct PassTests {
    /// One endpoint's class in one direction, after every pass.
    private struct Subject {
        let directory: Resolution
        let compilation: ClassCompilation
        let numbers: [[Int]]
        let alone: DecisionProgram
        let shared: DecisionProgram
        let apart: DecisionProgram

        init(
            _ endpoints: EndpointClass, _ directory: Resolution, _ costs: CostModel,
            shared: DecisionProgram, apart: DecisionProgram
        ) {
            var book = ClauseBook()
            self.directory = directory
            numbers = book.numbers(of: endpoints)
            compilation = ClassCompilation(endpoints, numbers, directory, &book, costs)
            alone = DecisionProgram(endpoints, numbers, directory, &book, costs)
            self.shared = shared
            self.apart = apart
        }

        func decide(_ packet: PassPacket, after pass: CompilerPass) -> Cell.Ending {
            let tiers = compilation.endpoints.tiers
            let clauses = compilation.clauses
            let own = PassInterpreter.clauses(packet, compilation)
            switch pass {
            case .clauses: return PassInterpreter.decide(packet, compilation.read, tiers)
            case .shadows: return PassInterpreter.decide(packet, compilation.reached, tiers)
            case .ports:
                return PassInterpreter.decide(packet, own.map { clauses[$0] }, tiers)
            case .tiers:
                return PassInterpreter.decide(packet, compilation.folding.cell(own), clauses)
            case .runs:
                var unions = UnionMemo()
                let cell = compilation.merging.cell(compilation.folding.cell(own), &unions)
                return PassInterpreter.decide(packet, cell)
            case .cells: return PassInterpreter.decide(packet, alone)
            case .classes: return PassInterpreter.decide(packet, shared)
            case .sets: return PassInterpreter.decide(packet, apart)
            }
        }
    }

    private func subjects(
        _ state: ClusterState, _ costs: CostModel
    ) -> [Direction: [IPAddress: Subject]] {
        let node = WorldGenerator.localNode
        let resolution = Resolution(state, node: node)
        var generous = costs
        generous.elementBudget = .max
        let whole = NodeCompilation(state, node: node, costs: generous).program
        let apart = NodeCompilation(state, node: node, costs: costs).program
        var subjects: [Direction: [IPAddress: Subject]] = [:]
        for local in resolution.localEndpoints {
            let input = NodeProgram.Input(local)
            guard let number = whole.endpoints.firstIndex(where: { $0.id == input.id }) else {
                continue
            }
            for (direction, endpoints, program) in [
                (Direction.ingress, input.ingress, whole.endpoints[number].ingress),
                (.egress, input.egress, whole.endpoints[number].egress),
            ] {
                guard let endpoints, let program else { continue }
                let subject = Subject(
                    endpoints, resolution, costs, shared: whole.programs[program],
                    apart: apart.programs[program])
                for address in input.addresses.ipv4 {
                    subjects[direction, default: [:]][.ipv4(address)] = subject
                }
                for address in input.addresses.ipv6 {
                    subjects[direction, default: [:]][.ipv6(address)] = subject
                }
            }
        }
        return subjects
    }

    /// What a direction's decision comes to in a program; nil where no program is asked.
    private func ending(_ decision: DirectionDecision) -> Cell.Ending? {
        switch decision {
        case .notSubject, .unselected, .exempt: nil
        case .allowed, .passed: .accept
        case .denied: .drop
        case .isolated: .isolate
        }
    }

    @Test(
        "every pass leaves the decisions of random worlds as they are",
        arguments: WorldGenerator.Style.allCases + [.calico])
    func decisions(style: WorldGenerator.Style) {
        var judged: [Cell.Ending: Int] = [:]
        for seed in UInt64(0)..<24 {
            let world = WorldGenerator(seed: seed, style: style).world()
            // Small enough for what random worlds cost: some classes ask for ports, and unions are
            // taken apart.
            var costs = CostModel()
            costs.elementBudget = Int(seed % 3) * 4
            if seed % 4 == 0 { (costs.portMinimum, costs.portMultiple) = (2, 1) }
            let subjects = subjects(world, costs)
            let reference = ReferenceEvaluator(world, localNode: WorldGenerator.localNode)
            var random = SeededGenerator(seed: seed)
            for packet in PacketGenerator(world).sample(250, using: &random) {
                let decision = reference.verdict(packet)
                for (direction, address, wanted) in [
                    (Direction.ingress, packet.destination, decision.ingress),
                    (.egress, packet.source, decision.egress),
                ] {
                    guard let wanted = ending(wanted),
                        let subject = subjects[direction]?[address]
                    else { continue }
                    let seen = PassPacket(
                        packet: packet, direction: direction, directory: subject.directory)
                    judged[wanted, default: 0] += 1
                    for pass in CompilerPass.allCases {
                        let found = subject.decide(seen, after: pass)
                        #expect(
                            found == wanted,
                            "seed \(seed), \(direction) of \(packet) after \(pass)")
                    }
                }
            }
        }
        #expect(judged.values.allSatisfy { $0 > 100 } && judged.count >= 2, "\(judged)")
    }
}
