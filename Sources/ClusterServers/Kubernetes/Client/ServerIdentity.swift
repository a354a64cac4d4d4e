// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NIOCore
import NIOSSL
import NetworkPrimitives

/// The name that a server's certificate must have, where a kubeconfig gives one (`tls-server-name`).
///
/// NIOSSL takes a certificate that has the name *or* the address of the connection; whoever gives a name
/// means the name, and so it is asked for once more before anything is sent.
struct ServerIdentity: Sendable {
    /// A server whose certificate has not the name.
    struct Mismatch: Error, CustomStringConvertible {
        var name: String
        var description: String { "serverNameNotInCertificate: \(name)" }
    }

    private let name: String

    /// A server of this name, or of this address.
    init(_ name: String) {
        self.name = String(name.hasSuffix(".") ? name.dropLast() : name[...]).lowercased()
    }

    /// Closes a connection to anybody else.
    func check(_ channel: any Channel) -> EventLoopFuture<Void> {
        channel.nioSSL_peerCertificate().flatMapThrowing { certificate in
            guard let certificate, isOn(certificate) else { throw Mismatch(name: name) }
        }.flatMapErrorThrowing { error in
            channel.close(promise: nil)
            throw error
        }
    }

    private func isOn(_ certificate: NIOSSLCertificate) -> Bool {
        // The library's own way to read them, though not a promise: their contents are those of RFC 5280.
        certificate._subjectAlternativeNames().contains { other in
            switch other.nameType {
            case .dnsName: covers(String(decoding: other.contents, as: UTF8.self))
            case .ipAddress: IPAddress(name).map { Array(other.contents) == $0.bytes } ?? false
            default: false
            }
        }
    }

    /// Whether a name in a certificate is this one; a star stands for the whole of the first label
    /// (RFC 6125, 6.4.3).
    func covers(_ other: String) -> Bool {
        let other = String(other.hasSuffix(".") ? other.dropLast() : other[...]).lowercased()
        if IPAddress(name) != nil { return false }
        if other == name { return !name.isEmpty }
        guard other.hasPrefix("*."), let dot = name.firstIndex(of: "."), dot > name.startIndex
        else { return false }
        return name[dot...] == other.dropFirst()
    }
}
