// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import AgentTestKit
import ClusterTestKit
import Foundation
import NetfilterKernel
import PolicyModel
import PolicyTestKit

/// An agent that follows an API server: from nothing to the committed table, one change at a time, and
/// many changes a second. The server is that of the tests; what it takes is within all figures.
struct FollowBenchmark {
    let report: Report
    let pods: Int
    /// At least 200, so that the 99th of 100 means something.
    let changes: Int

    /// So many changes in each second of the last measurement.
    private static let rate = 1_000
    private static let seconds = 10

    func run() async throws {
        let cluster = LargeCluster(pods: pods, policies: pods / 10, localPods: 110)
        let state = cluster.state()
        let site = try AgentSite("follow", node: LargeCluster.localNode)
        let server = try await APIServer.start(in: site.namespace)
        let json = JSONManifests(state).text
        report.note("\(pods) pods, \(pods / 10) policies: \(json.utf8.count >> 20) MiB of JSON")
        try server.replaceAll(with: json)
        let kubeconfig = "\(site.folder.path)/kubeconfig"
        try TestKubeconfig(server).text.write(
            toFile: kubeconfig, atomically: true, encoding: .utf8)
        let agent = try await start(site, kubeconfig)
        try oneByOne(site, server, state)
        try await many(site, server, state, agent)
        agent.kill()
        await server.stop()
    }

    /// From the start of the process to the committed table.
    private func start(_ site: AgentSite, _ kubeconfig: String) async throws -> AgentProcess {
        let clock = ContinuousClock()
        let begin = clock.now
        let agent = try AgentProcess(
            in: site.namespace,
            [
                "--source", "kubernetes", "--kubeconfig", kubeconfig, "--node", site.node,
                "--no-events",
            ], logPath: site.folder.log)
        guard try site.awaitReady(within: .seconds(300)) else {
            throw BenchmarkFailure(text: "the agent was not ready in time:\n\(agent.log)")
        }
        let time = (clock.now - begin).milliseconds
        report.print(.init(name: "list and commit", unit: "ms", ours: Sample([time])))
        report.print(
            .init(
                name: "list and commit: processor time of the agent", unit: "ms",
                ours: Sample([agent.processorTime * 1_000])))
        try printMemory(of: agent, "after listing")
        return agent
    }

    private func printMemory(of agent: AgentProcess, _ when: String) throws {
        let path = "/proc/\(agent.identifier)/status"
        for (name, key) in [("memory", "VmRSS:"), ("peak memory", "VmHWM:")] {
            let text = try String(contentsOfFile: path, encoding: .utf8)
            let line = text.split(separator: "\n").first { $0.hasPrefix(key) }
            let kilobytes = line?.split(separator: " ").dropLast().last.flatMap { Double($0) } ?? 0
            report.print(
                .init(
                    name: "\(name) of the agent, \(when)", unit: "MiB",
                    ours: Sample([kilobytes / 1_024])))
        }
    }

    /// From the server's change to the kernel's next generation.
    private func oneByOne(_ site: AgentSite, _ server: APIServer, _ state: ClusterState) throws {
        try measure("a pod elsewhere joins", site) { number in
            try server.put(JSONManifests.object(newcomer(number, like: state)))
        }
        try measure("a pod elsewhere leaves", site) { number in
            let id = newcomer(number, like: state).id
            server.delete("pods", namespace: id.namespace, name: id.name)
        }
        // One that governs pods of the node. Its chains are prepared in a first transaction and come
        // into force with a second; the old ones go a second later.
        let policy = state.policies[2]
        try measure(
            "a policy is edited", site, count: changes / 4, transactions: 2,
            pause: .milliseconds(1_200)
        ) { number in
            var edited = policy
            let port = UInt16(10_000 + number)
            edited.ingress![0].ports = .only([.numbers(.tcp, port...port)])
            try server.put(JSONManifests.object(edited))
        }
    }

    private func measure(
        _ name: String, _ site: AgentSite, count: Int? = nil, transactions: UInt32 = 1,
        pause: Duration = .milliseconds(5), _ change: (Int) throws -> Void
    ) throws {
        let clock = ContinuousClock()
        var times: [Double] = []
        for number in 0..<(count ?? changes) {
            let before = try site.ruleset.generation()
            let begin = clock.now
            try change(number)
            while try site.ruleset.generation() &- before < transactions {
                guard clock.now - begin < .seconds(10) else {
                    throw BenchmarkFailure(text: "\(name): nothing was committed in 10 s")
                }
            }
            times.append((clock.now - begin).microseconds)
            usleep(UInt32(pause.microseconds))
        }
        report.print(
            .init(name: "\(name): server to commit", unit: "us", ours: Sample(times)))
    }

    /// A thousand changes a second; the last must be in force a moment after it was made.
    private func many(
        _ site: AgentSite, _ server: APIServer, _ state: ClusterState, _ agent: AgentProcess
    ) async throws {
        let clock = ContinuousClock()
        let before = agent.processorTime
        let begin = clock.now
        for number in 0..<(Self.rate * Self.seconds) {
            let pod = newcomer(10_000 + number % 500, like: state)
            if number / 500 % 2 == 0 {
                try server.put(JSONManifests.object(pod))
            } else {
                server.delete("pods", namespace: pod.id.namespace, name: pod.id.name)
            }
            let due = begin + .microseconds(1_000_000 * number / Self.rate)
            if clock.now < due { try await clock.sleep(until: due, tolerance: .zero) }
        }
        let elapsed = (clock.now - begin).milliseconds / 1_000
        let used = agent.processorTime - before
        report.print(
            .init(
                name:
                    "\(Int(Double(Self.rate * Self.seconds) / elapsed)) changes a second: agent's processor",
                unit: "% of a core", ours: Sample([100 * used / elapsed])))
        try measure("behind that, a pod elsewhere joins", site) { number in
            try server.put(JSONManifests.object(newcomer(30_000 + number, like: state)))
        }
        try printMemory(of: agent, "in the end")
    }

    /// A pod of another node, of an application that policies speak of.
    private func newcomer(_ number: Int, like state: ClusterState) -> Endpoint {
        var pod = state.endpoints[1_000]
        pod.id.name = "newcomer-\(number)"
        pod.node = "node-elsewhere"
        pod.addresses = [.ipv4(0x0afe_0000 + UInt32(number))]
        return pod
    }
}
