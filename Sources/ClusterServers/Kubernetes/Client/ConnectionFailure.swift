// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import AsyncHTTPClient
import Foundation

/// Reads what libraries say of connections that fail, for people.
enum ConnectionFailure {
    /// The failure of a request without an answer.
    static func error(
        _ error: any Error, in call: APICall, to configuration: KubernetesConfiguration
    ) -> KubernetesError {
        if let error = error as? KubernetesError { return error }
        let text = description(of: error)
        let way = configuration.proxy.map { " (through the proxy \($0))" } ?? ""
        return KubernetesError(
            .unreachable, call.description, "\(configuration.server): \(text)\(way)",
            remedy: remedy(for: text, configuration))
    }

    /// What it comes down to.
    static func description(of error: any Error) -> String {
        if error is CancellationError { return "given up" }
        if let error = error as? HTTPClientError {
            switch error {
            case .connectTimeout: return "no connection within 10 s"
            case .deadlineExceeded: return "no answer in time"
            case .remoteConnectionClosed: return "the connection was closed"
            case .proxyAuthenticationRequired: return "the proxy does not know who asks (407)"
            case .invalidProxyResponse: return "the proxy does not let it"
            default: return error.shortDescription
            }
        }
        let text = String(describing: error)
        if let number = errorNumber(in: text) { return String(cString: strerror(number)) }
        for (mark, meaning) in meanings where text.contains(mark) { return meaning }
        return String(text.prefix(300))
    }

    private static let meanings: KeyValuePairs = [
        "CERTIFICATE_VERIFY_FAILED": "the server's certificate is not signed by the authority",
        "serverNameNotInCertificate": "the server's certificate is not for this name",
        "unableToValidateCertificate": "the server's certificate is not for this name",
        "failedToValidateHostname": "the server's certificate is not for this name",
        "uncleanShutdown": "the connection was cut off",
        "WRONG_VERSION_NUMBER": "the server does not speak TLS",
        "TLSV13_ALERT_CERTIFICATE_REQUIRED": "the server wants a client certificate",
        "SSLV3_ALERT_BAD_CERTIFICATE": "the server does not accept the client certificate",
        "TLSV1_ALERT_UNKNOWN_CA": "the server does not accept the client certificate",
        "invalidEOFState": "the connection was cut off",
    ]

    private static func errorNumber(in text: String) -> Int32? {
        guard let match = text.ranges(of: "errno: ").last else { return nil }
        return Int32(text[match.upperBound...].prefix { $0.isNumber })
    }

    private static func remedy(
        for text: String, _ configuration: KubernetesConfiguration
    ) -> String? {
        if text.contains("certificate is not") {
            return "check certificate-authority and tls-server-name of \(configuration.origin)"
        }
        if let proxy = configuration.proxy, text.contains("the proxy does not") {
            return
                "check user and password in \(proxy.origin), and that it lets CONNECT to this port"
        }
        if text.contains("client certificate") {
            return "check the client certificate of \(configuration.origin)"
        }
        return nil
    }
}
