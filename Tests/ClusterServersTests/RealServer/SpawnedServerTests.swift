// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterServers
import ClusterTestKit
import Testing

/// The same with the tests' own server in a process of its own, of which nothing is known but its
/// kubeconfig: it shows that the tests of a real server can pass.
@Suite("A server of which only a kubeconfig is known", .serialized, .timeLimit(.minutes(10)))
struct SpawnedServerTests {
    @Test(
        "S96: what was told of changing objects equals what lists show", arguments: [false, true])
    func follows(isDisturbed: Bool) async throws {
        let server = try await ServerProcess()
        try await FollowedScene.play(
            try .find(kubeconfig: server.kubeconfig, environment: [:]),
            seed: isDisturbed ? 13 : 14, isDisturbed: isDisturbed)
        withExtendedLifetime(server) {}
    }
}
