// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import AgentTestKit
import Foundation
import Glibc
import NetworkPrimitives
import NftablesModel
import PolicyModel
import PolicyTestKit
import RulesetDiff
import Testing

/// Packets that are denied before and after, while the agent changes what denies them.
@Suite("The agent leaves no gap", .needsNamespaces, .serialized)
struct AgentGapTests {
    private static let denying = PolicedLab.state([
        .isolating("web", name: "web"), .isolating("front", name: "front"),
    ])

    /// Tables as other versions might have left them, all of which deny as the wanted one does.
    enum Form: CaseIterable {
        case renamedChains
        case setsOfAnotherKind
        case strangeObjects
        case noComments
        case anotherPriority
        case plainRules

        /// Made out of the wanted table.
        func apply(to wanted: Table) -> Table {
            var table = wanted
            switch self {
            case .renamedChains:
                for name in wanted.chains.filter({ $0.base == nil }).map(\.name) {
                    table = table.renaming(name, to: "old-\(name)")
                }
            case .setsOfAnotherKind:
                for position in table.sets.indices where table.sets[position].isVerdictMap {
                    guard case .entries(let entries) = table.sets[position].elements,
                        table.sets[position].key.count == 1
                    else { continue }
                    table.sets[position].isInterval = true
                    table.sets[position].elements = .entries(
                        entries.map { entry in
                            var copy = entry
                            copy.keyEnd = entry.key
                            return copy
                        })
                }
            case .strangeObjects:
                table.chains.append(Chain(name: "strange", rules: [Rule([.counter])]))
                table.sets.append(
                    NamedSet(name: "strange", key: [.ipv4Address], elements: .ipv4([1, 2])))
                table.chains[0].rules.insert(Rule([.counter]), at: 0)
            case .noComments:
                // That of the table itself is let stand: it could only be changed by making it anew.
                for position in table.chains.indices { table.chains[position].comment = nil }
                for position in table.sets.indices { table.sets[position].comment = nil }
            case .anotherPriority:
                for position in table.chains.indices where table.chains[position].base != nil {
                    table.chains[position].base?.priority = 10
                }
            case .plainRules:
                table.chains = [
                    Chain(
                        name: "forward", base: BaseChain(hook: .forward, policy: .drop),
                        rules: [Rule([.counter, .verdict(.drop)])])
                ]
                table.sets = []
            }
            return table
        }
    }

    @Test(
        "S13: a table of another version is replaced while packets are denied",
        arguments: Form.allCases)
    func versions(form: Form) throws {
        let policed = try PolicedLab()
        let site = try AgentSite(
            "", node: PolicedLab.nodeName, in: policed.lab.node)
        let wanted = site.wanted(Self.denying)
        try site.ruleset.migrate(to: form.apply(to: wanted))
        try site.folder.replace(with: Self.denying)
        let observed = try #require(try site.read())
        let expected = Migration(from: observed, to: wanted).transactions.count
        let storm = try PacketStorm(in: policed)
        var agent: AgentProcess?
        let arrivals = try storm.whileBlowing(awaitsArrival: false) {
            usleep(100_000)
            agent = try site.start()
            try #require(try site.awaitTable(of: Self.denying), "\(agent?.log ?? "")")
            usleep(100_000)
        }
        let written = try site.ruleset.generation() - observed.generation
        print("\(form): \(written) transactions, \(arrivals.sent) packets denied meanwhile")
        #expect(written == expected, "\(agent?.log ?? "")")
        #expect(arrivals.sent > 100)
        #expect(arrivals.arrived == 0, "of \(arrivals.sent) packets")
    }

    @Test("S13: a policy that is deleted and made again in one burst denies without a pause")
    func recreation() throws {
        let policed = try PolicedLab()
        let site = try AgentSite(
            "", node: PolicedLab.nodeName, in: policed.lab.node)
        let folder = site.folder
        var cluster = Self.denying
        cluster.policies = []
        var policies = ClusterState()
        policies.policies = Self.denying.policies
        try folder.replace(with: cluster)
        let text = ManifestPrinter.print(policies)
        try folder.replace("policies-0.yaml", text)
        let agent = try site.start("--coalesce", "50ms")
        try #require(try site.awaitTable(of: Self.denying), "\(agent.log)")
        try #require(try site.awaitReady())
        let storm = try PacketStorm(in: policed)
        let arrivals = try storm.whileBlowing(awaitsArrival: false) {
            for round in 1...20 {
                // Under the same name, and in another file.
                let (old, new) = ("policies-\((round - 1) / 2).yaml", "policies-\(round / 2).yaml")
                try folder.recreate(old, as: new, text)
                usleep(120_000)
            }
        }
        print("\(arrivals.sent) packets denied while policies were made anew")
        #expect(arrivals.sent > 100)
        #expect(arrivals.arrived == 0, "of \(arrivals.sent) packets\n\(agent.log)")
        #expect(try site.awaitTable(of: Self.denying), "\(agent.log)")
        // A deletion that is seen as one opens; so does this test see that it would notice.
        let other = try PacketStorm(in: policed)
        let passed = try other.whileBlowing(awaitsArrival: false) {
            try folder.replace("policies-10.yaml", nil)
            #expect(try site.awaitTable(of: cluster), "\(agent.log)")
        }
        #expect(passed.arrived > 0, "of \(passed.sent) packets")
    }
}

extension ManifestFolder {
    /// Removes one file and puts another in its place, with as little time between as can be.
    fileprivate func recreate(_ old: String, as new: String, _ text: String) throws {
        let draft = "\(path)/draft"
        try Data(text.utf8).write(to: URL(fileURLWithPath: draft))
        guard unlink("\(manifests)/\(old)") == 0, rename(draft, "\(manifests)/\(new)") == 0 else {
            throw LabError(operation: "replace", object: old, errorNumber: errno)
        }
    }
}

extension Table {
    /// The same table with another name for a chain.
    fileprivate func renaming(_ name: String, to other: String) -> Table {
        func verdict(_ verdict: Verdict) -> Verdict {
            switch verdict {
            case .jump(name): .jump(other)
            case .goto(name): .goto(other)
            default: verdict
            }
        }
        var copy = self
        for position in copy.chains.indices {
            if copy.chains[position].name == name { copy.chains[position].name = other }
            for rule in copy.chains[position].rules.indices {
                let expressions = copy.chains[position].rules[rule].expressions.map {
                    if case .verdict(let old) = $0 { Expression.verdict(verdict(old)) } else { $0 }
                }
                copy.chains[position].rules[rule].expressions = expressions
            }
        }
        for position in copy.sets.indices {
            guard case .entries(let entries) = copy.sets[position].elements else { continue }
            copy.sets[position].elements = .entries(
                entries.map { entry in
                    var copy = entry
                    copy.verdict = entry.verdict.map(verdict)
                    return copy
                })
        }
        return copy
    }
}
