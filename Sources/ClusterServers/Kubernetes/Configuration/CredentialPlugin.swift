// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation

/// A program that gives credentials when it is asked, by the protocol of `client.authentication.k8s.io`.
public struct CredentialPlugin: Hashable, Sendable {
    /// The versions of the protocol that are spoken.
    static let versions = ["v1", "v1beta1"].map { "client.authentication.k8s.io/\($0)" }

    /// A path, or a name that is looked for in `PATH`.
    public var command: String
    /// Its arguments.
    public var arguments: [String] = []
    /// What is added to its environment.
    public var environment: [String: String] = [:]
    /// The version of the protocol.
    public var apiVersion: String
    /// How to get the program, if it is not there.
    public var installHint: String?
    /// Where the plugin is configured, for messages.
    public var origin: String
    /// How long it may take.
    public var timeout: Duration = .seconds(60)
    /// What it is told of the cluster; nil if it does not ask for it.
    var clusterInformation: ClusterInformation?

    /// A plugin without arguments.
    public init(command: String, apiVersion: String, origin: String) {
        self.command = command
        self.apiVersion = apiVersion
        self.origin = origin
    }

    /// What a plugin may be told of the cluster.
    struct ClusterInformation: Hashable, Sendable, Encodable {
        var server: String
        var tlsServerName: String?
        var insecureSkipTLSVerify: Bool?
        var certificateAuthorityData: Data?
        var proxyURL: String?

        private enum CodingKeys: String, CodingKey {
            case server
            case tlsServerName = "tls-server-name"
            case insecureSkipTLSVerify = "insecure-skip-tls-verify"
            case certificateAuthorityData = "certificate-authority-data"
            case proxyURL = "proxy-url"
        }
    }

    /// What the plugin is told, as the value of `KUBERNETES_EXEC_INFO`.
    private struct Request: Encodable {
        struct Specification: Encodable {
            var cluster: ClusterInformation?
            var interactive = false
        }
        var apiVersion: String
        var kind = "ExecCredential"
        var spec: Specification
    }

    /// What a plugin answers.
    private struct Answer: Decodable {
        struct Status: Decodable {
            var token: String?
            var clientCertificateData: String?
            var clientKeyData: String?
            var expirationTimestamp: String?
        }
        var apiVersion: String?
        var kind: String?
        var status: Status?
    }

    /// What a plugin has given.
    struct Credential: Hashable, Sendable {
        var token: String?
        var certificate: [UInt8]?
        var key: [UInt8]?
        /// When it ends, by the clock of whoever wrote it.
        var expires: Date?
    }

    /// Runs the program and reads what it prints.
    func run(in outer: [String: String]) async throws(KubernetesError) -> Credential {
        let path = try executable(in: outer)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let request = Request(apiVersion: apiVersion, spec: .init(cluster: clusterInformation))
        var variables = outer.merging(environment) { $1 }
        if let data = try? encoder.encode(request) {
            variables["KUBERNETES_EXEC_INFO"] = String(decoding: data, as: UTF8.self)
        }
        let end = await PluginProcess.run(path, arguments, variables, timeout: timeout)
        switch end {
        case .exited(0, let output, _): return try credential(in: output)
        case .exited(let status, _, let complaint):
            throw failure("ends with status \(status)\(Self.quoted(complaint))")
        case .timedOut(let complaint):
            throw failure(
                "does not end within \(timeout.components.seconds) s\(Self.quoted(complaint))")
        case .notStarted(let reason): throw failure("cannot be started: \(reason)")
        }
    }

    /// Reads a plugin's answer.
    func credential(in output: [UInt8]) throws(KubernetesError) -> Credential {
        guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(output)) else {
            throw failure("does not print an ExecCredential in JSON")
        }
        guard answer.kind == "ExecCredential", answer.apiVersion == apiVersion else {
            throw failure(
                "prints \(answer.kind ?? "nothing") of \(answer.apiVersion ?? "no version"), "
                    + "and not an ExecCredential of \(apiVersion)")
        }
        guard let status = answer.status else { throw failure("prints no status") }
        var credential = Credential()
        credential.token = status.token.flatMap { $0.isEmpty ? nil : $0 }
        credential.certificate = status.clientCertificateData.map { [UInt8]($0.utf8) }
        credential.key = status.clientKeyData.map { [UInt8]($0.utf8) }
        if (credential.certificate == nil) != (credential.key == nil) {
            throw failure("gives only one of clientCertificateData and clientKeyData")
        }
        if credential.token == nil, credential.certificate == nil {
            throw failure("gives neither a token nor a certificate")
        }
        credential.expires = try status.expirationTimestamp.map(time)
        return credential
    }

    private func time(_ text: String) throws(KubernetesError) -> Date {
        let format = ISO8601DateFormatter()
        if let date = format.date(from: text) { return date }
        format.formatOptions.insert(.withFractionalSeconds)
        if let date = format.date(from: text) { return date }
        throw failure("gives an expirationTimestamp that is no time: \(text)")
    }

    private func executable(in environment: [String: String]) throws(KubernetesError) -> String {
        let places =
            command.contains("/")
            ? [command]
            : (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(command)" }
        if let path = places.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) {
            return path
        }
        throw failure(
            command.contains("/") ? "is no program that can be run" : "is not found in PATH",
            remedy: installHint ?? "install it")
    }

    private func failure(_ cause: String, remedy: String? = nil) -> KubernetesError {
        KubernetesError(
            .credentials, "get credentials from \(command) (\(origin))", "the plugin \(cause)",
            remedy: remedy)
    }

    /// What a program complains of, in one line and not at any length.
    private static func quoted(_ complaint: [UInt8]) -> String {
        let text = String(decoding: complaint.suffix(1000), as: UTF8.self)
            .split(whereSeparator: \.isNewline)
            .joined(separator: " | ").trimmingCharacters(in: .whitespaces)
        return text.isEmpty ? "" : ": \(text)"
    }
}
