// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc
import PolicyTestKit

/// A client that sees the bytes of an answer as they come, and where they end.
///
/// It is for plain HTTP and one request, from one thread at a time.
public final class RawClient {
    /// What has come so far, the head of the answer included.
    public private(set) var received = ""
    /// Whether the server has closed the connection.
    public private(set) var isClosed = false
    private let descriptor: CInt

    /// Connects and sends a request.
    ///
    /// - Throws: `LabError` if the server does not take the connection.
    public init(
        _ server: APIServer, _ path: String, method: String = "GET",
        headers: [String] = ["Accept: application/json"], body: String = ""
    ) throws {
        descriptor = try LoopbackServer.connect(port: server.port)
        var wait = timeval(tv_sec: 0, tv_usec: 10_000)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        let head =
            ["\(method) \(path) HTTP/1.1", "Host: test", "Content-Length: \(body.utf8.count)"]
            + headers
        let bytes = Array((head.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8)
        guard send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
        else { throw LabError(operation: "send", object: path, errorNumber: errno) }
    }

    deinit { close(descriptor) }

    /// Reads until something holds.
    ///
    /// - Returns: whether it does at last.
    public func reads(
        within patience: Duration = .seconds(5), until condition: (RawClient) -> Bool
    ) -> Bool {
        let deadline = ContinuousClock.now + patience
        while !condition(self) {
            if isClosed || ContinuousClock.now > deadline { return condition(self) }
            var bytes = [UInt8](repeating: 0, count: 65_536)
            let count = recv(descriptor, &bytes, 65_536, 0)
            if count > 0 { received += String(decoding: bytes[..<count], as: UTF8.self) }
            if count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR) { isClosed = true }
        }
        return true
    }

    /// The code of the answer; nil before it has come.
    public var code: Int? {
        let words = received.prefix { $0 != "\r\n" }.split(separator: " ")
        return words.count > 1 ? Int(words[1]) : nil
    }

    /// What follows the head, with the frames of chunks.
    public var body: Substring {
        received.firstRange(of: "\r\n\r\n").map { received[$0.upperBound...] } ?? ""
    }

    /// Whether the answer has come to the end that its head announces.
    public var isComplete: Bool {
        if received.contains("Transfer-Encoding: chunked") {
            return received.hasSuffix("\r\n0\r\n\r\n")
        }
        let fields = received.split(separator: "\r\n")
        guard let field = fields.first(where: { $0.hasPrefix("Content-Length: ") }),
            let length = Int(field.dropFirst(16))
        else { return false }
        return body.utf8.count == length
    }
}

extension APIServer {
    /// Makes one request and reads the whole answer.
    ///
    /// - Returns: its code, and its body: a JSON value, or a string where it is none.
    public func ask(
        _ path: String, method: String = "GET",
        headers: [String] = ["Accept: application/json"], body: String = ""
    ) throws -> (code: Int, answer: JSONTree) {
        let client = try RawClient(self, path, method: method, headers: headers, body: body)
        guard client.reads(until: \.isComplete), let code = client.code else {
            throw LabError(
                operation: "read the answer to", object: path, reason: "it is not complete")
        }
        let body =
            client.received.contains("Transfer-Encoding: chunked")
            ? Self.joined(client.body) : String(client.body)
        return (code, (try? JSONTree(parsing: body)) ?? .text(body))
    }

    /// The content of chunks.
    private static func joined(_ text: Substring) -> String {
        var rest = Array(text.utf8)[...]
        var result: [UInt8] = []
        while let end = rest.firstIndex(of: UInt8(ascii: "\r")) {
            let digits = String(decoding: rest[..<end], as: UTF8.self)
            guard let count = Int(digits, radix: 16), count > 0 else { break }
            result += rest.dropFirst(end - rest.startIndex + 2).prefix(count)
            rest = rest.dropFirst(end - rest.startIndex + 2 + count + 2)
        }
        return String(decoding: result, as: UTF8.self)
    }
}
