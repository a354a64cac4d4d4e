// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import NetfilterKernel
import NetworkPrimitives
import NodeAgent
import PolicyModel
import PolicyTestKit
import Testing

/// Files of pods in a directory that is removed with the last reference to it.
private final class Folder {
    let url = FileManager.default.temporaryDirectory
        .appendingPathComponent("sluice-\(UUID().uuidString)")
    var path: String { url.path }

    init() throws {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
    }

    func content(_ name: String) throws -> [String: Any] {
        let data = try Data(contentsOf: url.appendingPathComponent(name))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    func put(_ name: String) throws {
        try Data("old".utf8).write(to: url.appendingPathComponent(name))
    }
}

@Suite struct PodFilesTests {
    private static func pod(_ name: String, _ address: String, namespace: String = "shop")
        -> Endpoint
    {
        Endpoint(
            id: EndpointID(namespace: namespace, name: name), labels: ["app": name],
            node: WorldGenerator.localNode, addresses: [IPAddress(address)!])
    }

    private static func change(_ pod: Endpoint) -> ClusterChange { .endpoint(pod.id, pod) }

    private static let web = pod("web", "10.1.0.7")
    private static let api = pod("api", "10.1.0.8")
    private static let refusal = NetlinkError.batchRefused(table: "sluice", .outOfMemory)

    private static func enforcer(_ port: FakePort) -> Enforcer {
        Enforcer(node: WorldGenerator.localNode, port: port, claims: false, tellsPods: true)
    }

    /// A policy that isolates a pod.
    private static let isolation = ClusterChange.policy(
        policy.id, policy)
    private static let policy = Policy(
        id: PolicyID(kind: "NetworkPolicy", namespace: "shop", name: "isolate"), order: 1000,
        subject: EndpointSelector(namespaces: .named("shop"), labels: .everything), ingress: [],
        egress: nil)

    @Test("S91: no file is there before the kernel has acknowledged, and none while it refuses")
    func acknowledged() async throws {
        let folder = try Folder()
        let port = FakePort()
        let enforcer = Self.enforcer(port)
        let files = PodFiles(directory: folder.path)
        enforcer.absorb([Self.change(Self.web), Self.isolation])
        await files.take(enforcer.takePodNews())
        #expect(try folder.names.isEmpty, "nothing is written yet")

        port.faults = [Self.refusal]
        #expect(throws: NetlinkError.self) { try enforcer.settle() }
        await files.take(enforcer.takePodNews())
        #expect(try folder.names.isEmpty, "the kernel has refused")

        try enforcer.settle()
        #expect(try folder.names.isEmpty)
        await files.take(enforcer.takePodNews())
        #expect(try folder.names == ["shop_web"])
        let content = try folder.content("shop_web")
        #expect(content["name"] as? String == "web")
        #expect(content["namespace"] as? String == "shop")
        #expect(content["addresses"] as? [String] == ["10.1.0.7"])
        #expect(content["ingress"] as? [String] == ["\(Self.policy.id.kind) \(Self.policy.id)"])
        #expect(content["egress"] as? [String] == [])
        #expect(content["generation"] as? Int == 2)

        // A pod without policies: nothing to enforce is in force too.
        try enforcer.enforce([Self.change(Self.api)])
        await files.take(enforcer.takePodNews())
        #expect(try folder.names == ["shop_api", "shop_web"])

        port.faults = [Self.refusal]
        let other = Self.pod("web", "10.1.0.9")
        #expect(throws: NetlinkError.self) { try enforcer.enforce([Self.change(other)]) }
        let report = await files.take(enforcer.takePodNews())
        #expect(try folder.names.isEmpty, "what is in force is no longer what is wanted")
        #expect(report.count == 0 && report.problem == nil)

        try enforcer.settle()
        await files.take(enforcer.takePodNews())
        #expect(try folder.names == ["shop_api", "shop_web"])
        #expect(try folder.content("shop_web")["addresses"] as? [String] == ["10.1.0.9"])

        try enforcer.enforce([.endpoint(Self.api.id, nil)])
        await files.take(enforcer.takePodNews())
        #expect(try folder.names == ["shop_web"])
    }

    @Test("S91: under random faults, files are those of pods that the kernel has acknowledged")
    func faults() async throws {
        for seed in 0..<12 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            let folder = try Folder()
            let port = FakePort()
            let enforcer = Self.enforcer(port)
            let files = PodFiles(directory: folder.path)
            try enforcer.settle()
            var pods: [EndpointID: Endpoint] = [:]
            for step in 0..<40 {
                if random.chance(30) { port.faults = [nil, Self.refusal].shuffled(using: &random) }
                let address = "10.1.0.\(random.number(in: 1...250))"
                let pod = Self.pod("pod\(random.number(in: 0...4))", address)
                let isGone = random.chance(30)
                let owned = pods.values.contains { $0.addresses == pod.addresses }
                if owned { continue }
                pods[pod.id] = isGone ? nil : pod
                do {
                    try enforcer.enforce([
                        .endpoint(pod.id, isGone ? nil : pod), Self.isolation,
                    ])
                } catch is NetlinkError {}
                await files.take(enforcer.takePodNews())
                let wanted =
                    enforcer.isSettled ? pods.keys.map { "shop_\($0.name)" }.sorted() : []
                #expect(try folder.names == wanted, "seed \(seed), step \(step)")
            }
        }
    }

    @Test("S91: files of a former run are reconciled when the policies are in force, not before")
    func restart() async throws {
        let folder = try Folder()
        for name in ["shop_web", "shop_gone", "README", "x_y_z", ".hidden_x"] {
            try folder.put(name)
        }
        let port = FakePort()
        let enforcer = Self.enforcer(port)
        let files = PodFiles(directory: folder.path)
        await files.take(enforcer.takePodNews())
        #expect(try folder.names.contains("shop_gone"), "its rules stand as well")
        enforcer.absorb([Self.change(Self.web)])
        try enforcer.settle()
        await files.take(enforcer.takePodNews())
        #expect(try folder.names == [".hidden_x", "README", "shop_web", "x_y_z"])
        #expect(try folder.content("shop_web")["name"] as? String == "web")

        // What somebody has removed comes back when all is compared.
        try FileManager.default.removeItem(at: folder.url.appendingPathComponent("shop_web"))
        await files.take(.compare)
        #expect(try folder.names.contains("shop_web"))
        // Rules that stay are true, and so are files; rules that go are not.
        await files.end(removing: true)
        #expect(try !folder.names.contains("shop_web"))
    }

    @Test("S91: a directory that is missing or full is a problem, and made up for later")
    func missing() async throws {
        let folder = try Folder()
        try FileManager.default.removeItem(at: folder.url)
        let port = FakePort()
        let enforcer = Self.enforcer(port)
        let files = PodFiles(directory: folder.path)
        try enforcer.enforce([Self.change(Self.web)])
        let report = await files.take(enforcer.takePodNews())
        #expect(report.count == 0)
        let problem = try #require(report.problem)
        #expect(problem.contains(folder.path) && problem.contains("No such file"), "\(problem)")
        #expect(enforcer.isSettled)
        try FileManager.default.createDirectory(
            at: folder.url, withIntermediateDirectories: false)
        let later = await files.take(nil)
        #expect(later.count == 1 && later.problem == nil)
        #expect(try folder.names == ["shop_web"])
    }

    @Test("S91: no name leads out of the directory, or to another pod's file")
    func hostileNames() async throws {
        func name(_ namespace: String, _ name: String) -> String? {
            PodInForce(EndpointID(namespace: namespace, name: name), addresses: []).fileName
        }
        #expect(name("shop", "web") == "shop_web")
        #expect(name("shop", "web.v-1") == "shop_web.v-1")
        let long = String(repeating: "a", count: 200)
        #expect(name("shop", long)?.utf8.count == 205)
        for (namespace, pod) in [
            ("..", "x"), ("shop", "../../etc/passwd"), ("a/b", "c"), ("a_b", "c"), ("a", "b_c"),
            ("", "x"), ("shop", ""), ("shop", "."), ("shop", "w\u{0}"), ("Shop", "x"),
            ("shop", "ä"), (".shop", "x"), (String(repeating: "n", count: 63), long),
        ] {
            #expect(name(namespace, pod) == nil, "\(namespace) \(pod)")
        }
        let folder = try Folder()
        let files = PodFiles(directory: folder.path)
        let hostile = EndpointID(namespace: "shop", name: "../evil")
        let report = await files.take(
            .inForce(
                [
                    hostile: PodInForce(hostile, addresses: []),
                    Self.web.id: PodInForce(Self.web.id, addresses: []),
                ], generation: nil))
        #expect(report.problem != nil)
        #expect(try folder.names == ["shop_web"])
    }

    @Test("S91: a link in the directory is not followed")
    func links() async throws {
        let folder = try Folder()
        let outside = try Folder()
        try outside.put("victim")
        let victim = outside.path + "/victim"
        for name in ["shop_web", ".sluice-new"] {
            try FileManager.default.createSymbolicLink(
                atPath: folder.path + "/" + name, withDestinationPath: victim)
        }
        let files = PodFiles(directory: folder.path)
        await files.take(
            .inForce([Self.web.id: PodInForce(Self.web.id, addresses: [])], generation: 1))
        #expect(try folder.content("shop_web")["name"] as? String == "web")
        #expect(try String(contentsOfFile: victim, encoding: .utf8) == "old")
    }
}
