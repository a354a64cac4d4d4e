// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetfilterKernel
import NetworkPrimitives
import NftablesModel
import NodeAgent
import PolicyModel
import PolicyTestKit
import RulesetDiff

/// One change at a time, from the change of the cluster to its being in force, beside a table of some
/// 10,000 rules and 100,000 elements; and beside `nft -f -` making the same change in a namespace
/// with the same table.
struct UpdateBenchmark {
    let report: Report
    /// At least 200, so that the 99th of 100 means something.
    let changes: Int
    let ownership: Bool

    private static let cluster = TeamCluster(pods: 50_000)

    func run() throws {
        let state = Self.cluster.state()
        let pair = try prepare(state)
        try pods(pair, state)
        try policies(pair, state.policies[7])
        try localPods(pair, state)
        try restart(state)
        try tiers()
    }

    /// A table in two namespaces: one is the enforcer's, the other nft's.
    private func prepare(_ state: ClusterState, _ prefix: String = "") throws -> ChangePair {
        let ours = try PolicyTestKit.NetworkNamespace("update")
        let theirs = try PolicyTestKit.NetworkNamespace("nft")
        let port = RecordingPort(
            try KernelPort(
                in: NetfilterKernel.NetworkNamespace(path: "/run/netns/\(ours.name)")))
        let enforcer = Enforcer(node: TeamCluster.localNode, port: port, claims: ownership)
        enforcer.absorb(state.asChanges)
        try enforcer.settle()
        let table = enforcer.wanted
        try theirs.execute(["nft", "-f", "-"], input: table.text())
        report.note(
            """
            \(prefix)ruleset: \(table.chains.count) chains, \
            \(table.chains.map(\.rules.count).reduce(0, +)) rules, \(table.sets.count) sets, \
            \(table.sets.map(\.elements.count).reduce(0, +)) elements
            """)
        return ChangePair(
            enforcer: enforcer, port: port, ours: ours, theirs: theirs, report: report,
            roundTrip: try RoundTrip(ours, table), prefix: prefix)
    }

    /// The same changes under Calico's tiers, and one block more or less in a network set.
    private func tiers() throws {
        let cluster = TieredCluster.standard
        let state = cluster.state()
        let pair = try prepare(state, "tiers: ")
        let newcomers = (0..<changes).map { number in
            // Of a team that others' policies speak of.
            var pod = state.endpoints[1_001]
            pod.id.name = "newcomer-\(number)"
            pod.addresses = [.ipv4(0x0afe_8000 + UInt32(number))]
            return pod
        }
        try pair.measure("remote pod joins", newcomers.map { .endpoint($0.id, $0) })
        try pair.measure("remote pod leaves", newcomers.map { .endpoint($0.id, nil) })
        try policies(pair, state.policies.first { $0.tier == "platform" }!)
        try localPods(pair, state)
        let sets = (0..<changes).map { number in
            var set = cluster.networkSet(1)
            let block = CIDR(.ipv4(0x3e00_0000 + UInt32(number) << 8), prefixLength: 24)
            set.blocks.append(block)
            return ClusterChange.networkSet(set.id, set)
        }
        try pair.measure("network set edited", sets)
    }

    private func pods(_ pair: ChangePair, _ state: ClusterState) throws {
        // Pods of a role that peers have; others would change nothing.
        let newcomers = (0..<changes).map { Self.cluster.pod(1_000_000 + 500 * $0) }
        try pair.measure("remote pod joins", newcomers.map { .endpoint($0.id, $0) })
        try pair.measure("remote pod leaves", newcomers.map { .endpoint($0.id, nil) })
    }

    private func policies(_ pair: ChangePair, _ original: Policy) throws {
        let edits = (0..<changes).map { number in
            var policy = original
            let port = 10_000 + UInt16(number)
            policy.ingress!.append(Rule(.allow, ports: .only([.numbers(.tcp, port...port)])))
            return ClusterChange.policy(policy.id, policy)
        }
        try pair.measure("policy edited", edits)
    }

    private func localPods(_ pair: ChangePair, _ state: ClusterState) throws {
        let model = state.endpoints[0]
        let newcomers = (0..<changes).map { number in
            var pod = model
            pod.id.name = "local-\(number)"
            pod.addresses = [.ipv4(0x0afe_0000 + UInt32(number))]
            return ClusterChange.endpoint(pod.id, pod)
        }
        try pair.measure("local pod joins", newcomers)
    }

    /// Another agent comes to the table that stands, knowing the same cluster.
    private func restart(_ state: ClusterState) throws {
        let namespace = try PolicyTestKit.NetworkNamespace("restart")
        let clock = ContinuousClock()
        let path = "/run/netns/\(namespace.name)"
        var times: [Double] = []
        var compile: [Double] = []
        var other: [Double] = []
        var read = 0
        var written: [Double] = []
        for run in 0...7 {
            let port = RecordingPort(
                try KernelPort(in: NetfilterKernel.NetworkNamespace(path: path)))
            let enforcer = Enforcer(node: TeamCluster.localNode, port: port, claims: false)
            compile.append(clock.measure { enforcer.absorb(state.asChanges) }.milliseconds)
            let time = try clock.measure { try enforcer.settle() }
            if run == 0 { continue }
            guard port.messages == 0 else {
                throw BenchmarkFailure(
                    text: "a restart wrote \(port.messages) messages where nothing had changed")
            }
            times.append(time.milliseconds)
            read = port.messagesRead
            written.append(Double(port.messages))
            other.append(
                try clock.measure {
                    try namespace.execute(["nft", "list", "table", "inet", Table.sluiceName])
                }.milliseconds)
        }
        report.print(
            .init(name: "restart unchanged: take in the cluster", unit: "ms", ours: Sample(compile))
        )
        report.print(
            .init(
                name: "restart unchanged", unit: "ms", ours: Sample(times), other: Sample(other),
                otherIs: "nft list table"))
        report.print(
            .init(
                name: "restart unchanged: messages read", unit: "messages",
                ours: Sample([Double(read)])))
        report.print(
            .init(
                name: "restart unchanged: messages written", unit: "messages",
                ours: Sample(written)))
    }
}

/// One element added to a set and taken away again, without anything around it: as little as a
/// change of the kernel can cost here.
private struct RoundTrip {
    private let ruleset: KernelRuleset
    private let set: NamedSet

    init(_ namespace: PolicyTestKit.NetworkNamespace, _ table: Table) throws {
        ruleset = try KernelRuleset(
            in: NetfilterKernel.NetworkNamespace(path: "/run/netns/\(namespace.name)"))
        set = table.sets.filter { $0.name.hasPrefix("pods4-") }
            .max { $0.elements.count < $1.elements.count }!
    }

    func measure(_ count: Int) throws -> Sample {
        let clock = ContinuousClock()
        var times: [Double] = []
        let element = SetElements.ipv4([0x0afd_0001])
        let add = Transaction(
            table: Table.sluiceName, steps: [.init(.addElements(element, to: set), reason: "")])
        let delete = Transaction(
            table: Table.sluiceName,
            steps: [.init(.deleteElements(element, from: set), reason: "")])
        for _ in 0..<count {
            times.append(try clock.measure { try ruleset.commit(add) }.microseconds)
            try ruleset.commit(delete)
        }
        return Sample(times)
    }
}

/// The same changes made by an enforcer and by nft.
private struct ChangePair {
    let enforcer: Enforcer
    let port: RecordingPort
    /// Kept, so that it stays for as long as the table is used.
    let ours: PolicyTestKit.NetworkNamespace
    let theirs: PolicyTestKit.NetworkNamespace
    let report: Report
    let roundTrip: RoundTrip
    let prefix: String

    func measure(_ change: String, _ changes: [ClusterChange]) throws {
        let name = prefix + change
        let clock = ContinuousClock()
        // Others' elements are put right before they count.
        let bare = ownsTable ? nil : try roundTrip.measure(changes.count)
        try enforcer.watch()
        var ours: [Double] = []
        var other: [Double] = []
        var messages: [Double] = []
        var texts: [(change: String, clearing: String)] = []
        for change in changes {
            port.forget()
            ours.append(try clock.measure { try enforcer.enforce([change]) }.microseconds)
            messages.append(Double(port.messages))
            guard port.reads == 0 else {
                throw BenchmarkFailure(text: "\(name): the table was read")
            }
            let text = port.transactions.map(\.text).joined()
            port.forget()
            try enforcer.clear()
            texts.append((text, port.transactions.map(\.text).joined()))
        }
        // One after the other, so that neither finds the processor's caches full of the other's.
        for (change, clearing) in texts {
            other.append(
                try clock.measure { try theirs.execute(["nft", "-f", "-"], input: change) }
                    .microseconds)
            if !clearing.isEmpty { try theirs.execute(["nft", "-f", "-"], input: clearing) }
        }
        report.print(
            .init(
                name: name, unit: "us", ours: Sample(ours), other: Sample(other),
                otherIs: "nft -f -"))
        guard messages.allSatisfy({ $0 > 0 }) else {
            throw BenchmarkFailure(text: "\(name): a change changed nothing")
        }
        report.print(.init(name: "\(name): messages", unit: "messages", ours: Sample(messages)))
        guard let bare else { return }
        report.print(.init(name: "\(name): bare netlink round trip", unit: "us", ours: bare))
        report.print(
            .init(
                name: "\(name): change over bare round trip", unit: "times",
                ours: Sample([Sample(ours).median / bare.median])))
    }

    private var ownsTable: Bool { enforcer.isOwner }
}
