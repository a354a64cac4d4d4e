// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import AgentTestKit
import Foundation
import Glibc
import NodeAgent
import NodeCompiler
import PolicyDocuments
import PolicyTestKit
import Testing

/// An agent whose directory for pods' files is a file system of its own, in a mount namespace of its own,
/// that somebody fills to the last byte.
@Suite("A directory for pods' files that is full", .needsNamespaces, .serialized)
struct FullDirectoryTests {
    private static func manifests(pods: Int, policy: String) -> String {
        let objects = (1...pods).map { number in
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: pod-\(number), namespace: shop}
            spec: {nodeName: \(WorldGenerator.localNode)}
            status: {podIP: 10.1.0.\(number)}
            """
        }
        return
            (objects + [
                "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}",
                """
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: \(policy), namespace: shop}
                spec: {podSelector: {}, policyTypes: [Ingress]}
                """,
            ]).joined(separator: "\n---\n")
    }

    /// Whether the kernel has what manifests compile to.
    private static func isInForce(_ manifests: String, at site: AgentSite) throws -> Bool {
        let source = Source(name: "cluster.yaml", text: manifests)
        let state = ClusterAssembly(DocumentDecoder().decode([source])).state
        let table = try site.read()?.table.sorted.withoutCapacities
        return table == site.wanted(state)
    }

    /// Writes until there is no room, down to the last byte.
    private static func fill(_ path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        guard descriptor >= 0 else {
            throw LabError(operation: "open", object: path, errorNumber: errno)
        }
        defer { close(descriptor) }
        let block = [UInt8](repeating: 0, count: 4_096)
        while write(descriptor, block, block.count) > 0 {}
        guard errno == ENOSPC else {
            throw LabError(operation: "fill", object: path, errorNumber: errno)
        }
    }

    @Test("S91: policies are enforced on, the agent says so, and files come when there is room")
    func full() throws {
        let site = try AgentSite("full")
        let directory = "\(site.folder.path)/status"
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: false)
        let first = Self.manifests(pods: 3, policy: "one")
        try site.folder.replace("cluster.yaml", first)
        let mount = "mount -t tmpfs -o size=64k none \"$1\"; shift; exec \"$@\""
        let agent = try AgentProcess(
            in: site.namespace,
            command: [
                "/usr/bin/env", "unshare", "--mount", "sh", "-ec", mount, "sh", directory,
                AgentProcess.executable, "agent", "-f", site.folder.manifests, "--node", site.node,
                "--status-directory", directory,
            ], logPath: site.folder.log)
        // As the agent sees it; nobody else does.
        let inside = "/proc/\(agent.identifier)/root\(directory)"
        func names() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: inside)
                .filter { $0 != "ballast" }.sorted()
        }
        let all = (1...3).map { "shop_pod-\($0)" }
        try #require(try site.waits(within: .seconds(20)) { try names() == all }, "\(agent.log)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory).isEmpty)
        let status = try site.namespace.execute([AgentProcess.executable, "status"])
        #expect(status.contains("  pods' files     3 of 3 pods in \(directory)\n"), "\(status)")

        try Self.fill("\(inside)/ballast")
        let second = Self.manifests(pods: 4, policy: "two")
        try site.folder.replace("cluster.yaml", second)
        #expect(
            try site.waits { try Self.isInForce(second, at: site) }, "\(agent.log)")
        let problem = "No space left on device"
        #expect(
            try site.waits { try site.ask("/readyz")?.body.contains(problem) ?? false },
            "\(agent.log)")
        let ready = try #require(try site.ask("/readyz"))
        #expect(ready.code == 200 && ready.body.hasPrefix("ready\n"))
        #expect(agent.log.contains("files of pods cannot be kept"))
        #expect(try #require(try site.metric(#"sluice_errors_total{stage="files"}"#)) >= 1)
        let count = try #require(
            try AgentStatus(json: Data((try site.ask("/status")?.body ?? "").utf8)).podFiles)
        #expect(count.pods == 4 && count.files < 4)
        let left = try names()
        #expect(left.count == count.files)
        for name in left {
            let text = try String(contentsOfFile: "\(inside)/\(name)", encoding: .utf8)
            #expect(
                text.contains("NetworkPolicy shop/two"), "no file says what is not true: \(text)")
        }

        // While it is full, policies go on all the same.
        let third = Self.manifests(pods: 2, policy: "three")
        try site.folder.replace("cluster.yaml", third)
        #expect(try site.waits { try Self.isInForce(third, at: site) }, "\(agent.log)")

        try FileManager.default.removeItem(atPath: "\(inside)/ballast")
        #expect(
            try site.waits(within: .seconds(20)) {
                try names() == ["shop_pod-1", "shop_pod-2"]
                    && site.ask("/readyz")?.body == "ready\n"
            }, "\(agent.log)")
        agent.kill()
    }
}
