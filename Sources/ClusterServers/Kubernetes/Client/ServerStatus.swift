// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation

/// What a Kubernetes API says about a request that failed: an object of kind Status, as the body of an
/// answer or as the object of an `ERROR` event.
struct ServerStatus: Hashable, Sendable, Decodable {
    struct Details: Hashable, Sendable, Decodable {
        var retryAfterSeconds: Int?
    }

    var code: Int?
    var reason: String?
    var message: String?
    var details: Details?

    /// A status of these parts.
    init(code: Int?, reason: String? = nil, message: String? = nil, retryAfter: Int? = nil) {
        self.code = code
        self.reason = reason
        self.message = message
        details = retryAfter.map { Details(retryAfterSeconds: $0) }
    }

    /// Reads the body of an answer; what is no Status is quoted from its beginning.
    init(status: Int, body: [UInt8], retryAfter: String? = nil) {
        let decoded = try? JSONDecoder().decode(ServerStatus.self, from: Data(body))
        self = decoded ?? ServerStatus(code: status, message: Self.beginning(of: body))
        code = status
        if let seconds = retryAfter.flatMap({ Int($0) }) {
            details = Details(retryAfterSeconds: seconds)
        }
    }

    private static func beginning(of body: [UInt8]) -> String? {
        let text = String(decoding: body.prefix(200), as: UTF8.self)
            .split(whereSeparator: \.isNewline).joined(separator: " ")
        return text.isEmpty ? nil : text
    }

    /// Whether the version that was asked for is gone, whatever status says so.
    var isExpired: Bool { code == 410 || reason == "Expired" || reason == "Gone" }

    /// The error that this is for a call.
    func error(of call: APICall) -> KubernetesError {
        let cause = [code.map { "the server answers \($0)" }, message ?? reason]
            .compactMap(\.self).joined(separator: ": ")
        let pause = details?.retryAfterSeconds.map { Duration.seconds(max(0, $0)) }
        return KubernetesError(
            failureReason, call.description, cause, remedy: remedy(of: call), pause: pause)
    }

    private var failureReason: KubernetesError.Reason {
        if isExpired { return .expired }
        return switch code {
        case 401: .unauthorized
        case 403: .forbidden
        case 404: .absent
        case 409: .conflict
        case 429: .throttled
        case 400, 422: .invalid
        default: .failure(status: code ?? 0)
        }
    }

    private func remedy(of call: APICall) -> String? {
        switch code {
        case 401: "give credentials that the server knows, or renew them"
        case 403: call.rule.map { "add to a ClusterRole of this account the rule \($0)" }
        default: nil
        }
    }
}
