// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NIOCore

/// A server of the tests, on loopback alone.
public enum LoopbackServer {
    /// The only address on which servers of the tests listen.
    public static let address = "127.0.0.1"
}
