// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation

/// An authority, and what it signed for a server on loopback and for a client.
public final class EtcdCertificates: Sendable {
    private let folder: String

    /// Makes new ones.
    public init() async throws {
        folder = "\(NSTemporaryDirectory())/sluice-certificates-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try await Command.run([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-days", "2", "-subj", "/CN=authority", "-keyout", "\(folder)/authority.key",
            "-out", authority,
        ])
        // etcd's HTTP interface is a client of its own server, with the server's certificate.
        try await sign("server", "serverAuth,clientAuth")
        try await sign("client", "clientAuth")
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func sign(_ name: String, _ usage: String) async throws {
        let extensions = "subjectAltName=IP:127.0.0.1,DNS:localhost\nextendedKeyUsage=\(usage)\n"
        try Data(extensions.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name).ext"))
        try await Command.run([
            "openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-subj", "/CN=\(name)", "-keyout", "\(folder)/\(name).key", "-out",
            "\(folder)/\(name).request",
        ])
        try await Command.run([
            "openssl", "x509", "-req", "-in", "\(folder)/\(name).request", "-days", "2", "-CA",
            authority, "-CAkey", "\(folder)/authority.key", "-CAcreateserial", "-extfile",
            "\(folder)/\(name).ext", "-out", "\(folder)/\(name).pem",
        ])
    }

    public var authority: String { "\(folder)/authority.pem" }
    public var server: String { "\(folder)/server.pem" }
    public var serverKey: String { "\(folder)/server.key" }
    public var client: String { "\(folder)/client.pem" }
    public var clientKey: String { "\(folder)/client.key" }
}
