// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import NIOSSL

/// What proves who we are to a server, and the server to us, kept up to date.
///
/// Files are read again every few seconds and whenever the server does not know us; a plugin is asked
/// when what it gave ends, and then as well. A file that cannot be read any longer counts as it was.
actor Credentials {
    /// What goes with a request.
    struct Proof: Sendable {
        var headers: [Header] = []
        /// Nil for servers without TLS.
        var tls: TLSConfiguration?
        /// Another one, when anything of this has been renewed.
        var generation = 0
    }

    /// A name and a value.
    struct Header: Hashable, Sendable {
        var name: String
        var value: String
    }

    /// Everything that TLS is made of.
    private struct Material: Hashable {
        var authority: [UInt8]?
        var certificate: [UInt8]?
        var key: [UInt8]?
    }

    /// What a plugin gave, and how long it counts.
    private struct Given {
        var credential: CredentialPlugin.Credential
        var end: ContinuousClock.Instant?
    }

    private static let rereading = Duration.seconds(10)

    private let configuration: KubernetesConfiguration
    private let environment: [String: String]
    private var generation = 0
    private var nextReading: ContinuousClock.Instant?
    private var token: String?
    private var files = Material()
    private var given: Given?
    private var plugin: Task<CredentialPlugin.Credential, any Error>?
    private var made: (material: Material, tls: TLSConfiguration)?

    init(
        _ configuration: KubernetesConfiguration,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        self.configuration = configuration
        self.environment = environment
    }

    /// What counts now.
    func current() async throws(KubernetesError) -> Proof {
        try readFiles()
        if let plugin = configuration.user.plugin { try await ask(plugin) }
        var proof = Proof(generation: generation)
        proof.headers = headers()
        if configuration.server.hasPrefix("https:") { proof.tls = try tls() }
        return proof
    }

    /// The server did not accept what counted then: everything is got anew.
    func renew(_ refused: Int) {
        guard refused == generation else { return }
        generation += 1
        nextReading = nil
        given = nil
    }

    private func headers() -> [Header] {
        let user = configuration.user
        var headers = user.impersonation.sorted { $0.key < $1.key }.flatMap { name, values in
            values.map { Header(name: name, value: $0) }
        }
        if let token = token ?? user.token {
            headers.append(Header(name: "Authorization", value: "Bearer \(token)"))
        } else if let name = user.username {
            let pair = Data("\(name):\(user.password ?? "")".utf8).base64EncodedString()
            headers.append(Header(name: "Authorization", value: "Basic \(pair)"))
        } else if let token = given?.credential.token {
            headers.append(Header(name: "Authorization", value: "Bearer \(token)"))
        }
        return headers
    }

    // MARK: Files

    private func readFiles() throws(KubernetesError) {
        let now = ContinuousClock.now
        if let nextReading, now < nextReading { return }
        let user = configuration.user
        if let path = user.tokenFile {
            do throws(KubernetesError) {
                let bytes = try FileContent.file(path).read("read the token")
                let text = String(decoding: bytes, as: UTF8.self)
                    .trimmingCharacters(in: .whitespacesAndNewlines)
                if !text.isEmpty { token = text }
            } catch {
                if token == nil, user.token == nil { throw error }
            }
        }
        files.authority = try Self.read(
            configuration.authority, former: files.authority, "read the cluster's authority")
        files.certificate = try Self.read(
            user.clientCertificate, former: files.certificate, "read the client certificate")
        files.key = try Self.read(user.clientKey, former: files.key, "read the client key")
        nextReading = now + Self.rereading
    }

    private static func read(
        _ content: FileContent?, former: [UInt8]?, _ operation: String
    ) throws(KubernetesError) -> [UInt8]? {
        guard let content else { return nil }
        do throws(KubernetesError) {
            return try content.read(operation)
        } catch {
            if let former { return former }
            throw error
        }
    }

    // MARK: The plugin

    private func ask(_ plugin: CredentialPlugin) async throws(KubernetesError) {
        if let given, given.end.map({ ContinuousClock.now < $0 }) ?? true { return }
        let task =
            self.plugin ?? Task { [environment] in try await plugin.run(in: environment) }
        self.plugin = task
        defer { self.plugin = nil }
        do {
            let credential = try await task.value
            given = Given(credential: credential, end: Self.end(of: credential))
        } catch let error as KubernetesError {
            throw error
        } catch {
            throw KubernetesError(.credentials, "run \(plugin.command)", "\(error)")
        }
    }

    /// When the plugin is asked again. Of the wall clock only the difference counts, once: if by it
    /// the credential has ended already, the clocks differ, and the server decides.
    private static func end(
        of credential: CredentialPlugin.Credential
    ) -> ContinuousClock.Instant? {
        guard let expires = credential.expires else { return nil }
        let left = Duration.seconds(expires.timeIntervalSinceNow)
        return .now + max(left - .seconds(10), .seconds(60))
    }

    // MARK: TLS

    private func tls() throws(KubernetesError) -> TLSConfiguration {
        var material = files
        if let credential = given?.credential, credential.certificate != nil {
            material.certificate = credential.certificate
            material.key = credential.key
        }
        if let made, made.material == material { return made.tls }
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if configuration.skipsVerification { tls.certificateVerification = .none }
        if let pem = material.authority {
            tls.trustRoots = .certificates(
                try Self.certificates(pem, "the cluster's certificate-authority"))
        }
        if let pem = material.certificate, let key = material.key {
            tls.certificateChain = try Self.certificates(pem, "the user's client-certificate")
                .map { .certificate($0) }
            do {
                tls.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: key, format: .pem))
            } catch {
                throw wrong("the user's client-key is no key in PEM")
            }
        }
        made = (material, tls)
        return tls
    }

    private static func certificates(
        _ pem: [UInt8], _ what: String
    ) throws(KubernetesError) -> [NIOSSLCertificate] {
        if let certificates = try? NIOSSLCertificate.fromPEMBytes(pem), !certificates.isEmpty {
            return certificates
        }
        throw KubernetesError(
            .credentials, "read the certificates", "\(what) is no certificate in PEM",
            remedy: "give a file that begins with -----BEGIN CERTIFICATE-----")
    }

    private func wrong(_ cause: String) -> KubernetesError {
        KubernetesError(
            .credentials, "read the key", "\(cause) (\(configuration.origin))",
            remedy: "give a key without a passphrase, in PEM")
    }
}
