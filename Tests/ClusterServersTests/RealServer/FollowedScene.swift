// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterServers
import ClusterTestKit
import Foundation
import Logging
import PolicyModel
import PolicyTestKit
import Testing

/// Follows a server that may be any while a scene changes in it, and compares what was told with what lists
/// show at the end.
enum FollowedScene {
    private static let changes = 150

    /// - Parameter isDisturbed: whether the source's connections are cut, and fall silent.
    static func play(
        _ configuration: KubernetesConfiguration, seed: UInt64, isDisturbed: Bool
    ) async throws {
        let client = PlainClient(configuration)
        var scene = try await ServerScene(client, seed: seed)
        let relay = isDisturbed ? try await relay(to: configuration) : nil
        let source = KubernetesSource(
            relay.map { relayed(configuration, $0) } ?? configuration, settings: settings,
            logger: Logger(label: "scene") { _ in SwiftLogNoOpLogHandler() })
        let told = ToldState()
        let listener = Task { for await update in source.updates { told.take(update) } }
        do {
            let isComplete = try await told.awaits(\.isComplete)
            try #require(isComplete, "\(told.content.problems)")
            try await change(&scene, relay, seed: seed)
            try await compare(scene, source, told, configuration, seed: seed)
        } catch {
            await scene.removeAll()
            throw error
        }
        await scene.removeAll()
        let namespaces = scene.namespaces
        // Other servers' controllers take their time to empty a namespace.
        let isGone = try await told.awaits(within: .seconds(180)) {
            $0.state.part(in: namespaces) == ClusterState(tiers: [])
        }
        #expect(isGone, "\(told.content.state.part(in: namespaces))")
        source.stop()
        await listener.value
        try await relay?.close()
        await client.close()
    }

    private static func change(
        _ scene: inout ServerScene, _ relay: LoopbackRelay?, seed: UInt64
    ) async throws {
        var random = SeededGenerator(seed: seed)
        for number in 1...changes {
            try await scene.act()
            try await Task.sleep(for: .milliseconds(random.number(in: 0...60)))
            guard let relay, number % 10 == 0 else { continue }
            switch number / 10 % 3 {
            case 0:
                relay.pause()
                try await Task.sleep(for: .milliseconds(300))
                relay.resume()
            case 1: relay.cut()
            default: relay.silenceOldest(random.number(in: 1...8))
            }
        }
    }

    private static func compare(
        _ scene: ServerScene, _ source: KubernetesSource, _ told: ToldState,
        _ configuration: KubernetesConfiguration, seed: UInt64
    ) async throws {
        let deadline = ContinuousClock.now + .seconds(90)
        var wanted = try await scene.readFromScratch()
        // What the server's own controllers add meanwhile counts as well.
        while told.content.state.part(in: scene.namespaces) != wanted,
            ContinuousClock.now < deadline
        {
            try await Task.sleep(for: .milliseconds(300))
            wanted = try await scene.readFromScratch()
        }
        var last = told.content
        last.state = last.state.part(in: scene.namespaces)
        print(
            "scene: \(wanted.endpoints.count) pods, \(wanted.policies.count) policies, "
                + "\(last.updates) updates; "
                + scene.deeds.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
                .joined(separator: ", "))
        for renunciation in scene.renunciations { print("scene: \(renunciation)") }
        #expect(last.differences(from: wanted) == [], "seed \(seed)")
        #expect(wanted.namespaces.count == scene.namespaces.count)
        #expect(!wanted.endpoints.isEmpty && !wanted.policies.isEmpty)
        #expect(
            !scene.renunciations.isEmpty || wanted.endpoints.allSatisfy { !$0.addresses.isEmpty })
        let own = told.content.problems.filter { problem in
            scene.namespaces.contains { problem.text.contains($0) }
        }
        #expect(own == [])
        let reading = try await KubernetesSource.read(
            configuration, settings: settings,
            logger: Logger(label: "scene") { _ in SwiftLogNoOpLogHandler() })
        #expect(reading.state.part(in: scene.namespaces) == wanted)
        let contacts = await source.contacts()
        #expect(contacts.allSatisfy { $0.isListed })
    }

    // MARK: The way to the server

    /// Short enough for a test, and long enough to leave a server in peace that others use.
    private static var settings: FollowSettings {
        var settings = FollowSettings()
        settings.pageSize = 50
        settings.watchSeconds = 8...15
        settings.silence = .seconds(6)
        settings.patience = .seconds(5)
        settings.longestWait = .seconds(2)
        return settings
    }

    private static func relay(
        to configuration: KubernetesConfiguration
    ) async throws -> LoopbackRelay {
        if let proxy = configuration.proxy {
            return try await LoopbackRelay(to: proxy.port, of: proxy.host)
        }
        let address = try #require(URLComponents(string: configuration.server))
        let host = try #require(address.host).trimmingCharacters(in: ["[", "]"])
        let port = address.port ?? (address.scheme == "https" ? 443 : 80)
        return try await LoopbackRelay(to: port, of: host)
    }

    /// The same server behind a relay, by a name that its certificate has.
    private static func relayed(
        _ configuration: KubernetesConfiguration, _ relay: LoopbackRelay
    ) -> KubernetesConfiguration {
        var relayed = configuration
        if configuration.proxy != nil {
            relayed.proxy?.host = "127.0.0.1"
            relayed.proxy?.port = relay.port
            return relayed
        }
        guard var address = URLComponents(string: configuration.server), let host = address.host
        else { return configuration }
        address.host = "127.0.0.1"
        address.port = relay.port
        relayed.server = address.string ?? configuration.server
        if address.scheme == "https", configuration.serverName == nil {
            let isAddress = host.contains(":") || host.allSatisfy { $0.isNumber || $0 == "." }
            // By this name pods find the server, so that it stands in the certificate.
            relayed.serverName = isAddress ? "kubernetes.default.svc" : host
        }
        return relayed
    }
}
