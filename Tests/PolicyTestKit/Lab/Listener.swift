// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A server on one address of one host.
protocol Listener: Sendable {
    var socket: Socket { get }

    /// Answers all that waits.
    func serve()
}
