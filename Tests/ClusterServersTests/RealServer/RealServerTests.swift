// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterServers
import Foundation
import Testing

/// Whatever server `KUBECONFIG` names, which may be one that others use: the tests touch nothing but
/// namespaces of their own, and remove them.
@Suite(
    "The server that KUBECONFIG names", .serialized,
    .enabled(
        if: ProcessInfo.processInfo.environment["KUBECONFIG"] != nil,
        "KUBECONFIG names no server to follow"),
    .timeLimit(.minutes(10)))
struct RealServerTests {
    @Test(
        "S96: what was told of changing objects equals what lists show", arguments: [false, true])
    func follows(isDisturbed: Bool) async throws {
        try await FollowedScene.play(
            try .find(), seed: isDisturbed ? 11 : 12, isDisturbed: isDisturbed)
    }
}
