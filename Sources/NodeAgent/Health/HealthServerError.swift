// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import FlyingSocks
import Foundation

/// The address of a ``HealthServer`` cannot be had.
public struct HealthServerError: Error, Hashable, Sendable {
    /// The address.
    public var address: ListenAddress
    /// Why, in words.
    public var reason: String
    /// What to do about it.
    public var remedy: String

    init(address: ListenAddress, _ error: any Error) {
        self.address = address
        let other = "choose another with --listen, or --listen off for none"
        guard case SocketError.failed(_, let number, let message) = error else {
            reason = "\(error.localizedDescription)"
            remedy = other
            return
        }
        switch number {
        case EADDRINUSE:
            reason = "another process listens there already"
            remedy = "stop it (ss -ltnp shows who it is), or \(other)"
        case EADDRNOTAVAIL:
            reason = "this host has no such address"
            remedy = other
        case EACCES, EPERM:
            reason = "ports below 1024 need CAP_NET_BIND_SERVICE"
            remedy = other
        default:
            reason = message
            remedy = other
        }
    }
}

extension HealthServerError: CustomStringConvertible {
    /// One line.
    public var description: String { "cannot listen at \(address): \(reason); \(remedy)" }
}
