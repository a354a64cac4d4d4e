// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import Synchronization

/// Who the server knows, and what they may not do.
public final class AccessRules: Sendable {
    private struct State {
        var users: [String: Token] = [:]
        var certificates: [[UInt8]: String] = [:]
        var refusals: [Refusal] = []
    }

    private struct Token {
        var user: String
        var expiry: ContinuousClock.Instant?
    }

    private struct Refusal {
        var verb: String?
        var resource: String?
        var namespace: String?
    }

    private let state = Mutex(State())

    /// Accepts a bearer token; with the first one, nobody else is served any longer.
    ///
    /// - Parameter lifetime: how long it is accepted; nil for always.
    public func accept(
        token: String, user: String = "system:serviceaccount:kube-system:sluice",
        lifetime: Duration? = nil
    ) {
        let known = Token(user: user, expiry: lifetime.map { ContinuousClock.now + $0 })
        state.withLock { $0.users[token] = known }
    }

    /// Accepts a token no longer.
    public func revoke(token: String) {
        // Known still, so that the server does not become open to all.
        accept(token: token, lifetime: .zero)
    }

    /// Accepts a client certificate; with the first one, nobody else is served any longer.
    func accept(certificate: [UInt8], user: String) {
        state.withLock { $0.certificates[certificate] = user }
    }

    /// Forbids a verb on a resource to all users.
    ///
    /// - Parameters:
    ///   - verb: nil for all.
    ///   - resource: `pods` or `networkpolicies.networking.k8s.io`; nil for all.
    ///   - namespace: nil for all.
    public func refuse(_ verb: String?, _ resource: String?, namespace: String? = nil) {
        let refusal = Refusal(verb: verb, resource: resource, namespace: namespace)
        state.withLock { $0.refusals.append(refusal) }
    }

    /// Forbids nothing any longer.
    public func allowAll() { state.withLock { $0.refusals = [] } }

    /// Who makes a request; nil if nobody whom the server knows.
    func user(of request: APIRequest, certificate: [UInt8]?) -> String? {
        state.withLock { state in
            if state.users.isEmpty, state.certificates.isEmpty { return "system:admin" }
            if let certificate, let user = state.certificates[certificate] { return user }
            guard let field = request.headers.first(name: "authorization"),
                field.hasPrefix("Bearer "), let token = state.users[String(field.dropFirst(7))]
            else { return nil }
            if let expiry = token.expiry, expiry <= ContinuousClock.now { return nil }
            return token.user
        }
    }

    /// Whether a request is forbidden.
    func refuses(_ request: APIRequest) -> Bool {
        state.withLock { state in
            state.refusals.contains { refusal in
                (refusal.verb ?? request.verb) == request.verb
                    && (refusal.resource ?? request.resource) == request.resource
                    && (refusal.namespace == nil || refusal.namespace == request.namespace)
            }
        }
    }
}
