// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import NIOSSL
import PolicyTestKit

/// A certificate authority for one test, with a certificate for the server and any number for clients, in
/// a folder that goes with it.
public final class TestCertificates: Sendable {
    /// A certificate and its key, as files in PEM.
    public struct Pair: Sendable {
        /// Where the certificate stands.
        public let certificate: String
        /// Where its key stands.
        public let key: String
    }

    /// Where everything stands.
    public let folder: String
    /// The authority's certificate.
    public var authority: String { "\(folder)/ca.crt" }
    /// That of servers on 127.0.0.1 and `localhost`.
    public let server: Pair

    /// Makes an authority, and a server's certificate.
    ///
    /// - Throws: `LabError` with what `openssl` says.
    public init() throws {
        folder =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("sluice-certificates-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        let configuration = """
            [req]
            distinguished_name = names
            [names]
            [ca]
            basicConstraints = critical, CA:true
            keyUsage = critical, keyCertSign, digitalSignature
            [server]
            basicConstraints = CA:false
            extendedKeyUsage = serverAuth
            subjectAltName = DNS:localhost, DNS:kubernetes.default.svc, IP:127.0.0.1
            [client]
            basicConstraints = CA:false
            extendedKeyUsage = clientAuth
            """
        try configuration.write(
            toFile: "\(folder)/openssl.cnf", atomically: true, encoding: .utf8)
        _ = try Self.make("ca", "/CN=test-authority", in: folder)
        server = try Self.make("server", "/CN=test-server", signed: true, in: folder)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// A client's certificate.
    ///
    /// - Parameters:
    ///   - user: its common name.
    ///   - groups: its organisations.
    public func client(_ user: String, groups: [String] = []) throws -> Pair {
        let subject = groups.map { "/O=\($0)" }.joined() + "/CN=\(user)"
        let name = "client-\(UUID().uuidString)"
        return try Self.make(name, subject, extensions: "client", signed: true, in: folder)
    }

    private static func make(
        _ name: String, _ subject: String, extensions: String? = nil, signed: Bool = false,
        in folder: String
    ) throws -> Pair {
        let pair = Pair(certificate: "\(folder)/\(name).crt", key: "\(folder)/\(name).key")
        let authority = ["-CA", "\(folder)/ca.crt", "-CAkey", "\(folder)/ca.key"]
        let words =
            [
                "openssl", "req", "-x509", "-config", "\(folder)/openssl.cnf", "-newkey", "ec",
                "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", subject, "-extensions", extensions ?? name, "-keyout", pair.key,
                "-out", pair.certificate,
            ] + (signed ? authority : [])
        let ending = try ChildProcess(arguments: words).finish()
        guard ending.exitCode == 0 else {
            throw LabError(
                operation: "make a certificate", object: name, reason: ending.errors)
        }
        return pair
    }

    /// TLS as the API server offers it: it asks clients for a certificate and takes those without.
    func serverContext() throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(server.certificate).map {
                .certificate($0)
            },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: server.key, format: .pem)))
        configuration.certificateVerification = .optionalVerification
        configuration.trustRoots = .file(authority)
        configuration.applicationProtocols = ["http/1.1"]
        return try NIOSSLContext(configuration: configuration)
    }
}
