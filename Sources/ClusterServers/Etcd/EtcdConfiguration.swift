// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation

/// Which etcd to read Calico's objects from, and as whom.
///
/// ```swift
/// var configuration = EtcdConfiguration(environment: ProcessInfo.processInfo.environment)
/// configuration.endpoints = ["https://10.0.0.1:2379", "https://10.0.0.2:2379"]
/// let source = EtcdSource(configuration)
/// ```
public struct EtcdConfiguration: Sendable {
    /// The members of the cluster, as `https://10.0.0.1:2379`. One that answers is kept; the others are
    /// there for when it does not.
    public var endpoints: [String]
    /// A file with the authorities that may have signed the servers' certificates, in PEM; nil for those
    /// that the system trusts.
    public var authorityFile: String?
    /// A file with the certificate that is shown to the servers, in PEM, its own first.
    public var certificateFile: String?
    /// A file with the key of that certificate, in PEM.
    public var keyFile: String?
    /// Who asks; nil where etcd knows no users.
    public var username: String?
    /// A file whose first line is the user's password. It is read anew for every token.
    public var passwordFile: String?
    /// The password itself; a file counts more.
    public var password: String?
    var timing = EtcdTiming()

    /// A configuration of these parts.
    public init(
        endpoints: [String], authorityFile: String? = nil, certificateFile: String? = nil,
        keyFile: String? = nil, username: String? = nil, passwordFile: String? = nil,
        password: String? = nil
    ) {
        self.endpoints = endpoints
        self.authorityFile = authorityFile
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        self.username = username
        self.passwordFile = passwordFile
        self.password = password
    }

    /// What Calico's own variables say: `ETCD_ENDPOINTS`, separated by commas, `ETCD_CA_CERT_FILE`,
    /// `ETCD_CERT_FILE`, `ETCD_KEY_FILE`, `ETCD_USERNAME` and `ETCD_PASSWORD`.
    ///
    /// Those that are empty are as good as absent.
    public init(environment: [String: String]) {
        func value(_ name: String) -> String? {
            environment[name].flatMap { $0.isEmpty ? nil : $0 }
        }
        self.init(
            endpoints: Self.endpoints(in: value("ETCD_ENDPOINTS") ?? ""),
            authorityFile: value("ETCD_CA_CERT_FILE"), certificateFile: value("ETCD_CERT_FILE"),
            keyFile: value("ETCD_KEY_FILE"), username: value("ETCD_USERNAME"),
            password: value("ETCD_PASSWORD"))
    }

    /// The endpoints of a list that is separated by commas.
    public static func endpoints(in list: String) -> [String] {
        list.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }
    }

    /// Finds what cannot be right, before any server is asked and without reading files.
    ///
    /// - Returns: The endpoints as they are used, without a slash at the end.
    /// - Throws: ``EtcdError`` for the first mistake.
    @discardableResult
    public func validated() throws(EtcdError) -> [String] {
        if endpoints.isEmpty {
            throw Self.mistake(
                "no endpoint is named", "name one as https://10.0.0.1:2379, or in ETCD_ENDPOINTS")
        }
        if (certificateFile == nil) != (keyFile == nil) {
            throw Self.mistake(
                "a certificate and its key go together", "name both files, or none")
        }
        if username != nil, password == nil, passwordFile == nil {
            throw Self.mistake(
                "the user has no password", "name a file with it, or set ETCD_PASSWORD")
        }
        if username == nil, password != nil || passwordFile != nil {
            throw Self.mistake("the password has no user", "name the user, or set ETCD_USERNAME")
        }
        var used: [String] = []
        for endpoint in endpoints {
            let bare = endpoint.hasSuffix("/") ? String(endpoint.dropLast()) : endpoint
            guard let parts = URLComponents(string: bare), let scheme = parts.scheme,
                scheme == "http" || scheme == "https", let host = parts.host, !host.isEmpty,
                parts.path.isEmpty, parts.query == nil, parts.fragment == nil, parts.user == nil
            else {
                throw Self.mistake(
                    "\"\(endpoint)\" is no endpoint", "write it as https://10.0.0.1:2379")
            }
            if scheme == "http", certificateFile != nil {
                throw Self.mistake(
                    "\(endpoint) would be asked without the certificate", "write https")
            }
            used.append(bare)
        }
        return used
    }

    private static func mistake(_ cause: String, _ remedy: String) -> EtcdError {
        EtcdError(.configuration, "reading the options", cause, remedy: remedy)
    }

    /// The user's password, from the file if there is one.
    func currentPassword() throws(EtcdError) -> String {
        guard let passwordFile else { return password ?? "" }
        let text = String(decoding: try Self.contents(of: passwordFile), as: UTF8.self)
        let line = text.prefix { !$0.isNewline }
        if line.isEmpty {
            throw EtcdError(
                .configuration, "reading \(passwordFile)", "its first line is empty",
                remedy: "write the password there")
        }
        return String(line)
    }

    static func contents(of file: String) throws(EtcdError) -> Data {
        do {
            return try Data(contentsOf: URL(fileURLWithPath: file))
        } catch {
            let reason = (error as NSError).userInfo[NSUnderlyingErrorKey].map { "\($0)" }
            let isMissing = !FileManager.default.fileExists(atPath: file)
            throw EtcdError(
                .configuration, "reading \(file)",
                isMissing ? "it does not exist" : reason ?? "\(error)",
                remedy: "see that it is there and may be read")
        }
    }
}
