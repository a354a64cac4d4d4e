// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Why something that was asked of a Kubernetes API could not be done.
public struct KubernetesError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure it is, on which depends what is tried next.
    public enum Reason: Hashable, Sendable {
        /// The configuration is missing or wrong.
        case configuration
        /// The credentials cannot be had: a file or a plugin fails.
        case credentials
        /// There was no connection, it broke, or the server's certificate is not to be trusted.
        case unreachable
        /// Nothing came for longer than a living server is silent.
        case silent
        /// 401: the server does not know who asks.
        case unauthorized
        /// 403: who asks may not.
        case forbidden
        /// 404: what is asked for does not exist.
        case absent
        /// 409: it exists already, or is another than was thought.
        case conflict
        /// 410: the server no longer has the version that is asked for.
        case expired
        /// 429: the server asks for a pause.
        case throttled
        /// 400 or 422: the server does not understand the request, or does not want to.
        case invalid
        /// Another status of the server.
        case failure(status: Int)
        /// The answer is none that a Kubernetes API gives.
        case malformed
    }

    /// What kind of failure it is.
    public var reason: Reason
    /// What was done on what: `list pods`.
    public var operation: String
    /// Why it failed.
    public var cause: String
    /// What to do about it; nil where only waiting helps.
    public var remedy: String?
    /// How long the server wants to be left alone.
    public var pause: Duration?

    /// A failure of these parts.
    public init(
        _ reason: Reason, _ operation: String, _ cause: String, remedy: String? = nil,
        pause: Duration? = nil
    ) {
        self.reason = reason
        self.operation = operation
        self.cause = cause
        self.remedy = remedy
        self.pause = pause
    }

    /// One line: operation, cause and remedy.
    public var description: String {
        remedy.map { "\(operation): \(cause); \($0)" } ?? "\(operation): \(cause)"
    }
}
