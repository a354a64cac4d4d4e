// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import Glibc
import Synchronization

/// A real etcd on loopback, with a folder and ports of its own; it ends with the object.
public final class EtcdServer: Sendable {
    /// Whether the machine has etcd and its command.
    public static let isInstalled =
        Command.path(of: "etcd") != nil && Command.path(of: "etcdctl") != nil
    /// Why tests of it do not run.
    public static let missing =
        "etcd is missing: apt-get install etcd-server etcd-client"

    /// The ports of a server and the name that a cluster knows it by.
    public struct Member: Sendable {
        public let name: String
        let clientPort: Int
        let peerPort: Int

        /// As many members of one cluster.
        public static func cluster(of count: Int) -> [Member] {
            let ports = LoopbackPort.free(2 * count)
            return (0..<count).map {
                Member(name: "m\($0)", clientPort: ports[2 * $0], peerPort: ports[2 * $0 + 1])
            }
        }

        var peerAddress: String { "http://127.0.0.1:\(peerPort)" }
    }

    private let member: Member
    private let cluster: [Member]
    private let certificates: EtcdCertificates?
    private let folder: String
    private let process = Mutex<Process?>(nil)
    /// Options of etcd's beside those that place it.
    private let options: [String]
    /// Whom to ask.
    public let endpoint: String
    /// Its port on loopback.
    public var port: Int { member.clientPort }

    /// A server that does not run yet.
    public init(
        _ member: Member = Member.cluster(of: 1)[0], of cluster: [Member]? = nil,
        certificates: EtcdCertificates? = nil, options: [String] = []
    ) throws {
        self.member = member
        self.cluster = cluster ?? [member]
        self.certificates = certificates
        self.options = options
        endpoint = "\(certificates == nil ? "http" : "https")://127.0.0.1:\(member.clientPort)"
        folder = "\(NSTemporaryDirectory())/sluice-etcd-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
    }

    deinit {
        process.withLock { process in
            if let process, process.isRunning { Glibc.kill(process.processIdentifier, SIGKILL) }
        }
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Starts it and waits until it answers.
    public func start() async throws {
        try launch()
        try await untilHealthy()
    }

    /// Starts it without waiting.
    public func launch() throws {
        let launched = Process()
        launched.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        launched.arguments = ["etcd"] + arguments + options
        _ = FileManager.default.createFile(atPath: "\(folder)/log", contents: nil)
        let log = FileHandle(forWritingAtPath: "\(folder)/log")
        launched.standardOutput = log
        launched.standardError = log
        launched.standardInput = FileHandle.nullDevice
        try launched.run()
        process.withLock { $0 = launched }
    }

    private var arguments: [String] {
        var arguments = [
            "--name", member.name, "--data-dir", "\(folder)/data",
            "--listen-client-urls", endpoint, "--advertise-client-urls", endpoint,
            "--listen-peer-urls", member.peerAddress,
            "--initial-advertise-peer-urls", member.peerAddress,
            "--initial-cluster",
            cluster.map { "\($0.name)=\($0.peerAddress)" }.joined(separator: ","),
            "--log-level", "error",
        ]
        if let certificates {
            arguments += [
                "--cert-file", certificates.server, "--key-file", certificates.serverKey,
                "--trusted-ca-file", certificates.authority, "--client-cert-auth",
            ]
        }
        return arguments
    }

    /// Waits until it answers.
    public func untilHealthy() async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while true {
            do {
                try await control("endpoint", "health", "--command-timeout=1s")
                return
            } catch let failure as CommandFailure
                where failure.description.contains("user name is empty")
            {
                return
            } catch {
                guard ContinuousClock.now < deadline else { throw error }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    /// Runs etcd's own command on it.
    @discardableResult
    public func control(_ arguments: String..., user: String? = nil) async throws -> String {
        var words = ["ETCDCTL_API=3", "etcdctl", "--endpoints", endpoint]
        if let certificates {
            words += [
                "--cacert", certificates.authority, "--cert", certificates.client,
                "--key", certificates.clientKey,
            ]
        }
        if let user { words += ["--user", user] }
        return try await Command.run(words + arguments)
    }

    /// Ends it and waits until it is gone; without warning by SIGKILL.
    public func stop(_ signal: Int32 = SIGKILL) async throws {
        guard let running = process.withLock({ $0 }) else { return }
        Glibc.kill(running.processIdentifier, signal)
        while running.isRunning { try await Task.sleep(for: .milliseconds(5)) }
        process.withLock { $0 = nil }
    }

    /// Lets it freeze: its connections stay open, and nothing is answered.
    public func pause() { send(SIGSTOP) }

    /// Lets it go on.
    public func resume() { send(SIGCONT) }

    private func send(_ signal: Int32) {
        process.withLock { process in
            if let process { Glibc.kill(process.processIdentifier, signal) }
        }
    }

    /// Forgets all that it knows; it must not run.
    public func clear() throws { try FileManager.default.removeItem(atPath: "\(folder)/data") }
}
