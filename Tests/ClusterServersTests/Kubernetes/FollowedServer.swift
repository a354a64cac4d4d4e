// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterSources
import ClusterTestKit
import Logging
import PolicyModel
import Synchronization

@testable import ClusterServers

/// A source on a test server, and everything that it has told.
final class FollowedServer: Sendable {
    /// What has been told.
    struct Record: Sendable {
        var state = ClusterState(tiers: [])
        var updates: [SourceUpdate] = []

        var isComplete: Bool { updates.last?.isComplete == true }
        var problems: [String] { updates.last?.problems.map(\.text) ?? [] }
        var warnings: [String] { updates.flatMap(\.warnings).map(\.text) }
        var pods: [String] { state.endpoints.map(\.id.name).sorted() }
        var policies: [String] { state.policies.map(\.id.name).sorted() }
    }

    let source: KubernetesSource
    private let record = Mutex(Record())
    private let task = Mutex<Task<Void, Never>?>(nil)

    /// Short times, so that tests are quick.
    static var settings: FollowSettings {
        var settings = FollowSettings()
        settings.shortestWait = .milliseconds(5)
        settings.longestWait = .milliseconds(200)
        settings.discovery = .milliseconds(300)
        settings.streamSilence = .milliseconds(500)
        settings.listSilence = .seconds(10)
        settings.silence = .milliseconds(1500)
        settings.patience = .seconds(10)
        return settings
    }

    init(
        _ configuration: KubernetesConfiguration, kinds: KubernetesKinds = .all,
        _ settings: FollowSettings = FollowedServer.settings
    ) {
        source = KubernetesSource(
            configuration, kinds: kinds, settings: settings, logger: Self.logger)
        let updates = source.updates
        task.withLock {
            $0 = Task { [weak self] in
                for await update in updates { self?.take(update) }
            }
        }
    }

    convenience init(
        _ server: APIServer, kinds: KubernetesKinds = .all,
        _ settings: FollowSettings = FollowedServer.settings
    ) {
        self.init(Self.configuration(server), kinds: kinds, settings)
    }

    deinit { source.stop() }

    /// How to reach a server without TLS.
    static func configuration(_ server: APIServer) -> KubernetesConfiguration {
        KubernetesConfiguration(server: server.url, origin: "a test")
    }

    static var logger: Logger {
        Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    }

    var now: Record { record.withLock { $0 } }

    private func take(_ update: SourceUpdate) {
        record.withLock { record in
            for change in update.changes { record.state.apply(change) }
            record.updates.append(update)
        }
    }

    /// Waits until what has been told is as wanted.
    ///
    /// - Returns: false if it never is.
    func waits(
        _ patience: Duration = .seconds(20), until isWanted: (Record) -> Bool
    ) async throws -> Bool {
        let deadline = ContinuousClock.now + patience
        while !record.withLock({ isWanted($0) }) {
            if ContinuousClock.now > deadline { return false }
            try await Task.sleep(for: .milliseconds(2))
        }
        return true
    }

    /// Whether what was told adds up to what there is when everything is read anew.
    func isEqual(to server: APIServer) async throws -> Bool {
        let reading = try await KubernetesSource.read(
            Self.configuration(server), settings: Self.settings, logger: Self.logger)
        return try await waits { $0.state.changes(to: reading.state).isEmpty }
    }
}

/// Manifests in JSON.
enum Objects {
    static func namespace(_ name: String) -> String {
        #"{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"\#(name)"}}"#
    }

    static func pod(_ name: String, _ address: String, app: String = "web") -> String {
        #"{"apiVersion":"v1","kind":"Pod","metadata":{"namespace":"shop","name":"\#(name)","#
            + #""labels":{"app":"\#(app)"},"managedFields":[{"x":{}}]},"spec":{"nodeName":"#
            + #""node-a","containers":[{"name":"c","env":[{"name":"A","value":"}"}]}]},"#
            + #""status":{"podIP":"\#(address)"}}"#
    }

    static func policy(_ name: String, block: String = "192.0.2.0/24") -> String {
        #"{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"namespace":"#
            + #""shop","name":"\#(name)"},"spec":{"podSelector":{},"ingress":[{"from":"#
            + #"[{"ipBlock":{"cidr":"\#(block)"}}]}]}}"#
    }

    static func tier(_ name: String) -> String {
        #"{"apiVersion":"crd.projectcalico.org/v1","kind":"Tier","metadata":{"name":"\#(name)"},"#
            + #""spec":{"order":10}}"#
    }

    /// A namespace, some pods, a policy and a tier.
    static func fill(_ server: APIServer, pods: Int = 3, tier: Bool = true) throws {
        try server.put(namespace("shop"))
        for index in 0..<pods {
            try server.put(pod("pod-\(index)", "10.0.\(index / 250).\(index % 250 + 1)"))
        }
        try server.put(policy("allow"))
        if tier { try server.put(Self.tier("front")) }
    }
}
