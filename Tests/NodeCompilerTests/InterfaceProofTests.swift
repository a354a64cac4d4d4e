// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel
import NodeCompiler
import PolicyModel
import PolicyTestKit
import PolicyVerification
import Testing

/// The proof where packets are judged by their interfaces, on rulesets as they are and spoilt.
@Suite struct InterfaceProofTests {
    private static let node = WorldGenerator.localNode

    @Test("S50: every rule and element that guards an interface is needed for the proof")
    func guardsAreNeeded() throws {
        var asked = 0
        for seed in UInt64(0)..<60 {
            let state = WorldGenerator(seed: seed, style: .calico).world()
            let table = NodeCompilation(state, node: Self.node).table
            let verification = Verification(state, localNode: Self.node)
            for (what, mutant) in table.withoutEachGuardPart {
                asked += 1
                let report = verification.verify(mutant)
                try #require(report.outcome == .different, "seed \(seed), \(what): \(report)")
                for difference in report.differences {
                    try #require(
                        difference.probe.packet.inputInterface != nil, "seed \(seed), \(what)")
                }
            }
        }
        print("\(asked) parts of guards")
        #expect(asked > 200)
    }

    @Test("S81: what is proved of a spoilt ruleset holds for every packet by every interface")
    func mutants() throws {
        var outcomes: [VerificationReport.Outcome: Int] = [:]
        for seed in UInt64(0)..<25 {
            let state = WorldGenerator(seed: seed, size: 6, style: .calico).world()
            let table = NodeCompilation(state, node: Self.node).table
            let tally = try MutantComparison(state, node: Self.node).compare(
                table.mutants(seed: seed, 30), seed: seed)
            outcomes.merge(tally, uniquingKeysWith: +)
        }
        print("outcomes: \(outcomes)")
        #expect(outcomes[.different, default: 0] > 100)
        #expect(outcomes[.proved, default: 0] > 20)
    }

    @Test("S50: a forged source is dropped: without the guard it is found, with a packet")
    func forgedSource() throws {
        let state = SpoofableCluster.state
        let table = NodeCompilation(state, node: "alpha").table
        let verification = Verification(state, localNode: "alpha")
        #expect(verification.verify(table).outcome == .proved)
        var unguarded = table
        for chain in table.chains.indices {
            unguarded.chains[chain].rules.removeAll { rule in
                rule.expressions.contains(.verdictLookup(map: "guards", key: .first))
            }
        }
        let report = verification.verify(unguarded)
        let probe = try #require(report.differences.first?.probe)
        #expect(probe.packet.inputInterface == "cali1")
        #expect(probe.description.source != SpoofableCluster.address)
        #expect(report.differences.allSatisfy { $0.isAccepted && !$0.policies.isAllowed })
    }

    @Test("S50: the node's own address is forged as well as any other")
    func forgedNode() {
        let state = SpoofableCluster.state
        var table = NodeCompilation(state, node: "alpha").table
        let guarded = table.chains.firstIndex { $0.name.hasPrefix("guard-") }!
        let block = CIDR(SpoofableCluster.node, prefixLength: 32)
        table.chains[guarded].rules.insert(
            Rule(Expression.isInBlock(.source, block) + [.verdict(.return)]), at: 0)
        let report = Verification(state, localNode: "alpha").verify(table)
        #expect(report.outcome == .different)
        #expect(
            report.differences.contains { $0.probe.description.source == SpoofableCluster.node })
    }

    @Test("A rule that names interfaces by a prefix, or that they are not, is understood")
    func prefixes() {
        let state = SpoofableCluster.state
        let table = NodeCompilation(state, node: "alpha").table
        let verification = Verification(state, localNode: "alpha")
        func report(_ key: MetaKey, _ comparison: Comparison, _ name: String, _ verdict: Verdict)
            -> VerificationReport
        {
            var copy = table
            let forward = copy.chains.firstIndex { $0.base?.hook == .forward }!
            copy.chains[forward].rules.insert(
                Rule([
                    .meta(key, into: .first), .compare(.first, comparison, Array(name.utf8)),
                    .verdict(verdict),
                ]), at: 0)
            return verification.verify(copy)
        }
        for (key, comparison, name) in [
            (MetaKey.inputInterface, Comparison.equal, "cali"), (.inputInterface, .equal, "wg"),
            (.outputInterface, .equal, "wg"), (.outputInterface, .notEqual, "cali"),
        ] {
            let dropping = report(key, comparison, name, .drop)
            #expect(dropping.outcome == .different, "\(dropping)")
            #expect(dropping.differences.allSatisfy { !$0.isAccepted && $0.policies.isAllowed })
        }
        #expect(report(.inputInterface, .equal, "cali", .accept).outcome == .different)
        #expect(report(.inputInterface, .equal, "lo\0", .drop).outcome == .proved)
    }
}

/// A cluster whose one pod may send to everybody, by an interface that is known.
private enum SpoofableCluster {
    static let address = IPAddress("10.65.0.2")!
    static let node = IPAddress("192.0.2.1")!

    static let state = ClusterState(
        namespaces: [Namespace(name: "shop")], nodes: [Node(name: "alpha", addresses: [node])],
        endpoints: [
            Endpoint(
                id: EndpointID(namespace: "shop", name: "web"), node: "alpha",
                addresses: [address], particulars: EndpointParticulars(interface: "cali1"))
        ])
}

extension Table {
    /// The table without one rule or element that is there because of an interface, each in turn.
    fileprivate var withoutEachGuardPart: [(what: String, table: Table)] {
        var mutants: [(what: String, table: Table)] = []
        for (position, chain) in chains.enumerated() {
            for (number, rule) in chain.rules.enumerated() {
                let asks = rule.expressions.contains(.verdictLookup(map: "guards", key: .first))
                // Of two that allow the same block, either can go.
                guard asks || chain.name.hasPrefix("guard-") && rule == chain.rules.last
                else { continue }
                var mutant = self
                mutant.chains[position].rules.remove(at: number)
                mutants.append(("\(chain.name)[\(number)]", mutant))
            }
        }
        for (position, set) in sets.enumerated() where set.name == "guards" {
            guard case .entries(let entries) = set.elements else { continue }
            for index in entries.indices {
                var rest = entries
                rest.remove(at: index)
                var mutant = self
                mutant.sets[position].elements = .entries(rest)
                mutants.append(("guards element \(index)", mutant))
            }
        }
        return mutants
    }
}
