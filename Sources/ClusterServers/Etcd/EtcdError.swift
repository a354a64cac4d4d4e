// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Why something cannot be had from etcd: what was asked, of whom, what came of it, and what to do.
public struct EtcdError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    enum Kind: Hashable, Sendable {
        /// The options are wrong, or a file that they name.
        case configuration
        /// The server does not answer, or not so that it is understood.
        case failure
        /// The user may not read this.
        case denied
        /// The server does not know the token, or does not know it any longer.
        case token
        /// The revision that was asked for is compacted.
        case compacted
        /// The cluster is not the one that was read, or has lost some of what was read.
        case replaced
        /// The answer would be too large.
        case tooLarge
        /// What could not be read before can be read now.
        case permitted
    }

    var kind: Kind
    /// The server; nil if none has been asked.
    var endpoint: String?
    var operation: String
    var cause: String
    var remedy: String?

    init(
        _ kind: Kind = .failure, endpoint: String? = nil, _ operation: String, _ cause: String,
        remedy: String? = nil
    ) {
        self.kind = kind
        self.endpoint = endpoint
        self.operation = operation
        self.cause = cause
        self.remedy = remedy
    }

    /// One line: `etcd https://10.0.0.1:2379: reading tiers: connection refused; see that …`.
    public var description: String {
        let server = endpoint.map { "etcd \($0)" } ?? "etcd"
        let text = "\(server): \(operation): \(cause)"
        return remedy.map { "\(text); \($0)" } ?? text
    }
}

extension EtcdError {
    /// What an answer with an error means.
    ///
    /// - Parameters:
    ///   - message: of etcd, or the answer's text where it is not from etcd.
    ///   - code: of gRPC; nil if there is none.
    ///   - status: of HTTP; nil within a stream.
    init(endpoint: String, _ operation: String, message: String, code: Int?, status: Int?) {
        let text = message.isEmpty ? "HTTP status \(status ?? 0)" : message
        let (kind, remedy) = Self.meaning(of: message, code: code, status: status)
        self.init(kind, endpoint: endpoint, operation, text, remedy: remedy)
    }

    private static func meaning(
        of message: String, code: Int?, status: Int?
    ) -> (kind: Kind, remedy: String?) {
        if message.contains("compacted") { return (.compacted, nil) }
        if message.contains("invalid auth token") || message.contains("auth store is old") {
            return (.token, "the server forgets tokens; a new one is asked for")
        }
        if message.contains("permission denied") { return (.denied, nil) }
        if message.contains("user name is empty") {
            return (
                .failure,
                "name a user and a password: etcd's HTTP interface knows nobody by the certificate"
            )
        }
        if message.contains("invalid user ID or password") {
            return (.failure, "check the user's name and password")
        }
        if message.contains("larger than max") { return (.tooLarge, nil) }
        if message.contains("no leader") {
            return (.failure, "see that most members of the cluster run and reach each other")
        }
        let isUnanswered = message == "connection closed" && status == 503
        if isUnanswered || message.contains("handshake") || message.contains("bad certificate") {
            return (
                .failure,
                "where etcd asks clients for certificates, its own needs clientAuth among its extended key usages, because its HTTP interface is a client of itself"
            )
        }
        if code == nil, status == 404 {
            return (
                .failure,
                "etcd 3.4 or newer is needed, started without --enable-grpc-gateway=false"
            )
        }
        return (.failure, nil)
    }
}
