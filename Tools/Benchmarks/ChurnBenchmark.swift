// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import NetfilterKernel
import NodeAgent
import NodeCompiler
import PolicyModel
import PolicyTestKit

/// So many changes a second beside a large table in a kernel: what they cost the agent, how long each
/// takes to be in force, and whether memory stays what it is. At the end the kernel has what a
/// compilation from scratch gives.
struct ChurnBenchmark {
    let report: Report
    let world: ScaledWorld
    let seconds: Int
    let rate: Int

    /// As the agent, which lets packets under way leave what is out of use.
    private static let clearing = Duration.seconds(1)

    func run() throws {
        var sequence = ChurnSequence(world)
        let namespace = try PolicyTestKit.NetworkNamespace("churn")
        let port = RecordingPort(
            try KernelPort(
                in: NetfilterKernel.NetworkNamespace(path: "/run/netns/\(namespace.name)")))
        let enforcer = Enforcer(node: ScaledWorld.localNode, port: port, claims: false)
        let empty = try KernelMemory()
        enforcer.absorb(sequence.state.asChanges)
        let table = enforcer.wanted
        guard table.sets.reduce(0, { $0 + $1.elements.count }) <= WorldRun.mostElements else {
            throw BenchmarkFailure(text: "more elements than the kernel is asked to hold")
        }
        try enforcer.settle()
        report.note(
            """
            \(world.style.rawValue): \(world.pods) pods, \(world.policies) policies, \
            \(world.namespaces) namespaces, \(world.localPods) local; \(table.chains.count) chains, \
            \(table.chains.map(\.rules.count).reduce(0, +)) rules, \(table.sets.count) sets, \
            \(table.sets.map(\.elements.count).reduce(0, +)) elements; \(rate) changes a second
            """)
        try run(enforcer, port, &sequence, empty)
        try compare(enforcer, sequence.state)
    }

    private func run(
        _ enforcer: Enforcer, _ port: RecordingPort, _ sequence: inout ChurnSequence,
        _ empty: KernelMemory
    ) throws {
        let clock = ContinuousClock()
        let count = seconds * rate
        var latencies: [Double] = []
        var commits: [Double] = []
        latencies.reserveCapacity(count)
        commits.reserveCapacity(count)
        var processor = 0.0
        var lastClearing = clock.now
        var done = 0
        try note("at the start", since: empty)
        port.forget()
        let begin = clock.now
        while done < count {
            let elapsed = (clock.now - begin).milliseconds / 1_000
            let due = min(count, Int(elapsed * Double(rate)) + 1)
            if due <= done {
                let next = begin + .microseconds(Int64(done) * 1_000_000 / Int64(rate))
                usleep(UInt32(max(0, (next - clock.now).microseconds)))
                continue
            }
            let batch = (done..<due).map { _ in sequence.next() }
            let before = ThreadTime.milliseconds
            let took = try clock.measure {
                try enforcer.watch()
                try enforcer.enforce(batch)
            }
            processor += ThreadTime.milliseconds - before
            commits.append(took.microseconds)
            let end = (clock.now - begin).microseconds
            for number in done..<due {
                latencies.append(end - Double(number) * 1e6 / Double(rate))
            }
            if done < count / 2, due >= count / 2 { try note("in the middle", since: empty) }
            done = due
            if enforcer.hasLeftovers, clock.now - lastClearing > Self.clearing {
                let before = ThreadTime.milliseconds
                try enforcer.clear()
                processor += ThreadTime.milliseconds - before
                lastClearing = clock.now
            }
        }
        let elapsed = (clock.now - begin).milliseconds
        try enforcer.clear()
        try note("in the end", since: empty)
        guard port.reads == 0 else {
            throw BenchmarkFailure(text: "the table was read \(port.reads) times")
        }
        report.note(
            ChurnSequence.Kind.allCases.map { "\(sequence.counts[$0] ?? 0) \($0.rawValue)" }
                .joined(separator: ", "))
        line("changes a second", "changes", [Double(count) / elapsed * 1_000])
        line("processor of the agent", "% of a core", [100 * processor / elapsed])
        line("one commit of what is due, compiling included", "us", commits)
        line("from a change's being due to its being in force", "us", latencies)
        line("the slowest", "us", [latencies.max() ?? 0])
        line(
            "messages to the kernel for a change", "messages",
            [Double(port.messages) / Double(count)])
    }

    private func line(_ what: String, _ unit: String, _ values: [Double]) {
        report.print(
            .init(name: "\(world.style.rawValue): \(what)", unit: unit, ours: Sample(values)))
    }

    private func note(_ when: String, since empty: KernelMemory) throws {
        line("process, \(when)", "MiB", [try ProcessMemory.resident()])
        let kernel = try KernelMemory()
        if let slabs = kernel.slabs, let before = empty.slabs {
            line("kernel's slabs more than without a table, \(when)", "MiB", [slabs - before])
        }
        line(
            "kernel's vmalloc more than without a table, \(when)", "MiB",
            [kernel.vmalloc - empty.vmalloc])
    }

    /// The kernel against what is wanted, and that against the state compiled anew.
    private func compare(_ enforcer: Enforcer, _ state: ClusterState) throws {
        let scratch = NodeCompilation(state, node: ScaledWorld.localNode).table
        guard enforcer.wanted.withoutCapacities == scratch.withoutCapacities else {
            throw BenchmarkFailure(text: "what is wanted is not what the state compiles to")
        }
        guard let observed = try enforcer.inspect() else {
            throw BenchmarkFailure(text: "the kernel does not have what is wanted")
        }
        report.note(
            """
            the kernel's \(observed.table.sets.map(\.elements.count).reduce(0, +)) elements and \
            \(observed.table.chains.map(\.rules.count).reduce(0, +)) rules are those of a \
            compilation from scratch
            """)
    }
}
