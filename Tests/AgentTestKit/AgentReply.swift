// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc
import PolicyTestKit

/// What an agent answered to an HTTP request.
public struct AgentReply: Sendable {
    /// The status code.
    public var code: Int
    /// What follows the headers.
    public var body: String

    /// Asks an agent that listens on the loopback interface of the calling thread's namespace.
    ///
    /// - Returns: nil if nobody answers.
    static func ask(_ path: String, port: UInt16) -> AgentReply? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var patience = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let isConnected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { return nil }
        let request = "GET \(path) HTTP/1.1\r\nHost: agent\r\nConnection: close\r\n\r\n"
        guard send(descriptor, request, request.utf8.count, Int32(MSG_NOSIGNAL)) > 0
        else { return nil }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while case let count = recv(descriptor, &buffer, buffer.count, 0), count > 0 {
            answer += buffer[..<count]
        }
        return AgentReply(String(decoding: answer, as: UTF8.self))
    }

    private init?(_ text: String) {
        let words = text.prefix { $0 != "\r\n" }.split(separator: " ")
        guard words.count > 1, let code = Int(words[1]) else { return nil }
        self.code = code
        body = text.firstRange(of: "\r\n\r\n").map { String(text[$0.upperBound...]) } ?? ""
    }
}
