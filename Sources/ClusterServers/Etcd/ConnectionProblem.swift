// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import AsyncHTTPClient
import Foundation
import NIOCore
import NIOSSL

/// Puts into words what goes wrong below HTTP.
enum ConnectionProblem {
    /// An error of the connection, as one of etcd's.
    static func error(_ error: any Error, endpoint: String, _ operation: String) -> EtcdError {
        if error is NIOTooManyBytesError {
            return EtcdError(.tooLarge, endpoint: endpoint, operation, "the answer is too large")
        }
        let (cause, remedy) = words(for: error)
        return EtcdError(endpoint: endpoint, operation, cause, remedy: remedy)
    }

    private static func words(for error: any Error) -> (cause: String, remedy: String?) {
        let text = String(describing: error)
        if text.contains("CERTIFICATE_VERIFY_FAILED")
            || text.contains("unableToValidateCertificate")
        {
            return (
                "the server's certificate is not trusted",
                "name the file of the authority that signed it, and the server by a name or address in it"
            )
        }
        if text.contains("refused") {
            return ("connection refused", "see that etcd listens there")
        }
        if text.contains("ALERT") || text.contains("alert") {
            return (
                "the server ends the handshake: \(text)",
                "name a certificate that the server's authority signed, and its key"
            )
        }
        switch error {
        case let error as HTTPClientError where error == .connectTimeout:
            return ("no connection within the time", "see that the address can be reached")
        case let error as HTTPClientError where error == .remoteConnectionClosed:
            return ("the server closed the connection", nil)
        case let error as IOError:
            return (error.description, nil)
        default:
            return (short(text), nil)
        }
    }

    /// The innermost reason of a description that holds several.
    private static func short(_ text: String) -> String {
        guard let start = text.range(of: "error: ", options: .backwards) else { return text }
        return text[start.upperBound...].trimmingCharacters(in: CharacterSet(charactersIn: ")]"))
    }
}

/// Lets the kernel find out that the other side of a silent connection is gone.
enum KeepAlive {
    // linux/tcp.h; seconds, seconds, times, and milliseconds for what is sent.
    private static let settings: [(name: CInt, value: Int)] = [
        (4, 10), (5, 5), (6, 3), (18, 25_000),
    ]

    static func set(_ channel: any Channel) -> EventLoopFuture<Void> {
        let futures = settings.map { name, value in
            channel.setOption(
                ChannelOptions.Types.SocketOption(
                    level: .tcp, name: NIOBSDSocket.Option(rawValue: name)), value: value)
        }
        return EventLoopFuture.andAllSucceed(futures, on: channel.eventLoop)
    }
}
