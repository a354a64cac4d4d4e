// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import AgentTestKit
import NftablesModel
import NodeCompiler
import PolicyModel
import PolicyTestKit
import Testing

/// A short run of `Tools/soak`, and its criterion.
@Suite("Soak", .serialized)
struct AgentSoakTests {
    @Test("S13, S78: an agent that is killed never leaves a mixture", .needsNamespaces)
    func soak() throws {
        var soak = Soak(seed: 1)
        soak.kills = 26
        let report = try soak.run()
        print(report.text)
        #expect(report.kills >= 25 && report.matches > 5)
        #expect(report.violations.isEmpty)
    }

    @Test("a mixture of two states is noticed, and so is a way back")
    func criterion() throws {
        var states = ChangeSequence(seed: 4, style: .kubernetes, worlds: 8).map(\.state)
        states = states.filter { !$0.policies.isEmpty }
        func compile(_ state: ClusterState) -> Table {
            NodeCompilation(state, node: WorldGenerator.localNode).table
        }
        var mixtures = 0
        for (number, state) in states.enumerated().dropFirst() {
            let old = compile(states[number - 1])
            let new = compile(state)
            if old.reachable == new.reachable { continue }
            let match = StateMatch(compile: compile)
            match.settle(at: number - 1)
            let pair = Array(states[...number])
            #expect(match.advance(new, in: pair) == number)
            #expect(match.advance(old, in: pair) == nil)
            // One set or map has changed already, and another has not.
            let changed = new.sets.filter { set in
                old.sets.contains { $0.name == set.name && $0.elements != set.elements }
            }
            guard changed.count > 1 else { continue }
            var mixture = new
            let position = try #require(
                mixture.sets.firstIndex { $0.name == changed[0].name })
            mixture.sets[position] = try #require(
                old.sets.first { $0.name == changed[0].name })
            mixtures += 1
            let other = StateMatch(compile: compile)
            #expect(other.advance(mixture, in: Array(pair.suffix(2))) == nil, "state \(number)")
        }
        #expect(mixtures > 3)
    }
}
