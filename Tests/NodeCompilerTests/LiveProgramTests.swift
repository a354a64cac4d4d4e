// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import MatchIR
import NetworkPrimitives
import NftablesLowering
import NodeCompiler
import PolicyModel
import PolicyResolution
import PolicyTestKit
import Testing

/// What a program that is kept up to date says of changes must lead from each state to the next.
@Suite struct LiveProgramTests {
    @Test(
        "any history: programs, sets and members are those of a compilation from scratch",
        arguments: 0..<24 as Range<UInt64>)
    func followsHistory(seed: UInt64) throws {
        let pipeline = Pipeline()
        var known = KnownProgram()
        for batch in ChangeSequence(seed: seed) {
            let change = pipeline.apply(batch.changes)
            try known.take(change, pipeline.program)
            known.compare(NodeCompilation(batch.state, node: WorldGenerator.localNode).program)
        }
    }

    @Test("the histories of the tests reach every branch")
    func coverage() throws {
        var count = BranchCount()
        for seed in 0..<90 as Range<UInt64> {
            let pipeline = Pipeline()
            let table = LiveTable(pipeline.program)
            var known = KnownProgram()
            var state = ClusterState(tiers: [])
            for batch in ChangeSequence(seed: seed) {
                count.add(batch.changes, to: state)
                state = batch.state
                count.add(contestsIn: state)
                let change = pipeline.apply(batch.changes)
                count.add(change, to: known)
                try known.take(change, pipeline.program)
                count.add(known)
                count.add(try table.apply(change), change)
            }
        }
        for branch in BranchCount.Branch.allCases {
            #expect(count[branch] >= 1, "\(count)")
        }
    }
}

/// The stages up to the program.
struct Pipeline {
    let resolution: LiveResolution
    let program: LiveProgram

    init(costs: CostModel = .standard) {
        resolution = LiveResolution(node: WorldGenerator.localNode)
        program = LiveProgram(resolution, costs: costs)
    }

    func apply(_ changes: [ClusterChange]) -> ProgramChange {
        let resolved = resolution.apply(changes)
        return program.apply(
            locals: resolved.locals.mapValues { $0.map(LiveProgram.Input.init) },
            members: resolved.members, blocks: resolved.blocks, questions: resolved.questions)
    }
}

/// What somebody knows who has been told of changes only.
struct KnownProgram {
    private(set) var programs: [Int: DecisionProgram] = [:]
    private(set) var formulas: [Int: MatchSet] = [:]
    private(set) var members: [Int: EndpointAddresses] = [:]
    private(set) var subjects: [EndpointID: ProgramChange.Subject] = [:]

    mutating func take(_ change: ProgramChange, _ live: LiveProgram) throws {
        for (number, program) in change.programs {
            #expect(program != nil || programs[number] != nil)
            #expect(programs[number] != program)
            programs[number] = program
        }
        for (number, delta) in change.members {
            let former = try #require(members[number], "members of a set that is not known")
            #expect(!delta.isEmpty)
            let next: EndpointAddresses = try #require(former.applying(delta))
            members[number] = next
        }
        for (number, former) in change.goneSets {
            #expect(change.members[number] == nil && members[number] == former)
            formulas[number] = nil
            members[number] = nil
        }
        for (number, formula) in change.newSets {
            #expect(formulas.updateValue(formula, forKey: number) == nil)
            members[number] = live.members(of: number)
        }
        for (id, subject) in change.subjects {
            #expect(subjects[id] != subject)
            subjects[id] = subject
        }
        for number in formulas.keys { #expect(live.members(of: number) == members[number]) }
    }

    func compare(_ scratch: NodeProgram) {
        #expect(Set(subjects.keys) == Set(scratch.endpoints.map(\.id)))
        for endpoint in scratch.endpoints {
            let subject = subjects[endpoint.id]
            #expect(subject?.addresses == endpoint.addresses)
            #expect(
                subject?.ingress.flatMap { programs[$0] }
                    == endpoint.ingress.map { scratch.programs[$0] })
            #expect(
                subject?.egress.flatMap { programs[$0] }
                    == endpoint.egress.map { scratch.programs[$0] })
        }
        // Nothing is kept that nobody needs.
        let used = Set(subjects.values.flatMap { [$0.ingress, $0.egress].compactMap(\.self) })
        #expect(Set(programs.keys) == used)
        let needed = Set(programs.values.flatMap(\.sets))
        #expect(Set(formulas.values) == needed && formulas.count == needed.count)
        for (number, formula) in formulas {
            #expect(members[number] == scratch.members[formula] ?? EndpointAddresses())
        }
    }
}

extension EndpointAddresses {
    /// The addresses after a change; nil if it adds what is there or removes what is not.
    fileprivate func applying(_ change: AddressChange) -> EndpointAddresses? {
        guard let ipv4 = Self.apply(change.added.ipv4, change.removed.ipv4, to: ipv4),
            let ipv6 = Self.apply(change.added.ipv6, change.removed.ipv6, to: ipv6)
        else { return nil }
        return EndpointAddresses(ipv4: ipv4, ipv6: ipv6)
    }

    private static func apply<Bits: AddressBits>(
        _ added: [Bits], _ removed: [Bits], to list: [Bits]
    ) -> [Bits]? {
        guard added == added.sorted(), removed == removed.sorted() else { return nil }
        var set = Set(list)
        for address in removed where set.remove(address) == nil { return nil }
        for address in added where !set.insert(address).inserted { return nil }
        return set.sorted()
    }
}
