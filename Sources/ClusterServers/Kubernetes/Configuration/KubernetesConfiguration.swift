// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation

/// Where a Kubernetes API is, how to know it, and who we are to it.
public struct KubernetesConfiguration: Hashable, Sendable {
    /// `https://192.0.2.1:6443`, perhaps with a path, without a slash at its end.
    public var server: String
    /// Where this comes from, for messages: `context dev of ~/.kube/config`.
    public var origin: String
    /// The namespace of the context or of the account; nil if neither says one.
    public var namespace: String?
    /// The certificates by which the server is known, in PEM; nil for those of the system.
    public var authority: FileContent?
    /// Whether any certificate of the server will do.
    public var skipsVerification = false
    /// The name that the server's certificate must have, if it is not the one in its address.
    public var serverName: String?
    /// Through which proxy the server is reached; nil for none.
    public var proxy: ProxyServer?
    /// Who we are.
    public var user = KubernetesUser()

    /// A server without more.
    public init(server: String, origin: String) {
        self.server = server
        self.origin = origin
    }
}

/// Something that stands in a file, which may change, or was given at once.
public enum FileContent: Hashable, Sendable {
    /// The file's path.
    case file(String)
    /// The content.
    case data([UInt8])

    /// What it is now.
    func read(_ operation: String) throws(KubernetesError) -> [UInt8] {
        switch self {
        case .data(let bytes): return bytes
        case .file(let path):
            do {
                return try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
            } catch {
                throw KubernetesError(
                    .credentials, operation, "\(path): \(Self.reason(error))",
                    remedy: "make the file readable for this user")
            }
        }
    }

    static func reason(_ error: any Error) -> String {
        switch (error as NSError).code {
        case CocoaError.fileReadNoSuchFile.rawValue, CocoaError.fileNoSuchFile.rawValue:
            "there is no such file"
        case CocoaError.fileReadNoPermission.rawValue: "may not be read"
        default: (error as NSError).localizedDescription
        }
    }
}

/// Who asks a Kubernetes API, in every way in which it can be proved.
public struct KubernetesUser: Hashable, Sendable {
    /// A bearer token.
    public var token: String?
    /// A file with a bearer token, read anew for as long as it changes; goes before ``token``.
    public var tokenFile: String?
    /// A name and a password for HTTP's basic authentication.
    public var username: String?
    /// The password to ``username``.
    public var password: String?
    /// A certificate and what it was signed from, in PEM.
    public var clientCertificate: FileContent?
    /// The key to ``clientCertificate``, in PEM.
    public var clientKey: FileContent?
    /// A program that gives a token or a certificate.
    public var plugin: CredentialPlugin?
    /// Whom we act as: headers of impersonation.
    public var impersonation: [String: [String]] = [:]

    /// Nobody in particular.
    public init() {}
}
