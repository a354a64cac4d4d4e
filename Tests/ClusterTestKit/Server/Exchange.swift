// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc
import NIOCore
import Synchronization

/// One request's way back: what is written, and what goes wrong with it.
final class Exchange: Sendable {
    let channel: any Channel
    private let keepsAlive: Bool
    let fault: APIFault?
    private let clockSkew: Int
    private let state = Mutex(State())

    private struct State {
        var isChunked = false
        var isOver = false
        var isFrozen = false
        /// Bytes of the body.
        var sent = 0
        /// When the next piece of a slow answer may go.
        var nextWrite = NIODeadline.now()
    }

    init(on channel: any Channel, keepsAlive: Bool, fault: APIFault?, clockSkew: Int) {
        self.channel = channel
        self.keepsAlive = keepsAlive
        self.fault = fault
        self.clockSkew = clockSkew
    }

    // MARK: Answers

    /// Writes a whole answer: in chunks, which respect no object's borders, if it is long.
    func respond(
        _ code: Int, _ pieces: [String], type: String = "application/json",
        headers: [(String, String)] = []
    ) {
        var body = ByteBuffer()
        body.reserveCapacity(pieces.reduce(0) { $0 + $1.utf8.count })
        for piece in pieces { body.writeString(piece) }
        if case .truncate(let length) = fault {
            body = body.getSlice(at: 0, length: min(length, body.readableBytes)) ?? body
        }
        let isChunked = body.readableBytes > 40_000
        begin(code, type: type, headers: headers, length: isChunked ? nil : body.readableBytes)
        while let piece = body.readSlice(length: min(16_301, body.readableBytes)),
            piece.readableBytes > 0
        {
            send(piece)
        }
        end()
    }

    /// Answers with an error.
    func respond(_ status: APIStatus, headers: [(String, String)] = []) {
        let isPlain = status.reason == nil
        respond(
            status.code, [status.text],
            type: isPlain ? "text/plain; charset=utf-8" : "application/json", headers: headers)
    }

    /// Writes the head of an answer.
    ///
    /// - Parameter length: nil for a body in chunks.
    func begin(
        _ code: Int, type: String = "application/json", headers: [(String, String)] = [],
        length: Int? = nil
    ) {
        let reason = [
            200: "OK", 201: "Created", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden",
            404: "Not Found", 409: "Conflict", 410: "Gone", 429: "Too Many Requests",
            500: "Internal Server Error", 503: "Service Unavailable", 504: "Gateway Timeout",
        ]
        var head = "HTTP/1.1 \(code) \(reason[code] ?? "Status")\r\n"
        head += "Audit-Id: 0f4dbb5a-8b47-4d0d-b1c7-0c0ce7d0f0a1\r\n"
        head += "Cache-Control: no-cache, private\r\nContent-Type: \(type)\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        head += "Date: \(Self.date(skew: clockSkew))\r\n"
        head += length.map { "Content-Length: \($0)\r\n" } ?? "Transfer-Encoding: chunked\r\n"
        if !keepsAlive { head += "Connection: close\r\n" }
        state.withLock { state in
            state.isChunked = length == nil
            write(ByteBuffer(string: head + "\r\n"), &state)
        }
    }

    /// Writes a part of the body.
    func send(_ bytes: ByteBuffer) {
        state.withLock { state in
            if state.isOver || state.isFrozen || bytes.readableBytes == 0 { return }
            var part = bytes
            var isCut = false
            if case .cut(let limit) = fault, state.sent + bytes.readableBytes > limit {
                part = bytes.getSlice(at: bytes.readerIndex, length: limit - state.sent) ?? bytes
                isCut = true
            }
            state.sent += part.readableBytes
            var framed = ByteBuffer()
            // A chunk that is cut announces all of it.
            if state.isChunked {
                framed.writeString(String(bytes.readableBytes, radix: 16) + "\r\n")
            }
            framed.writeBuffer(&part)
            if state.isChunked, !isCut { framed.writeString("\r\n") }
            write(framed, &state)
            if isCut { close(&state) }
        }
    }

    /// Writes a part of the body.
    func send(_ text: String) {
        var bytes = ByteBuffer(string: text)
        while let piece = bytes.readSlice(length: min(65_521, bytes.readableBytes)),
            piece.readableBytes > 0
        {
            send(piece)
        }
    }

    /// Ends the answer.
    func end() {
        state.withLock { state in
            if state.isOver || state.isFrozen { return }
            if state.isChunked { write(ByteBuffer(string: "0\r\n\r\n"), &state) }
            state.isOver = true
            if !keepsAlive { close(&state) }
        }
    }

    // MARK: Faults

    /// Announces a chunk, writes half of it, and closes the connection.
    func cut(within text: String) {
        state.withLock { state in
            if state.isOver || state.isFrozen { return }
            let bytes = Array(text.utf8)
            var part = ByteBuffer(string: String(bytes.count, radix: 16) + "\r\n")
            part.writeBytes(bytes[..<(bytes.count / 2)])
            write(part, &state)
            close(&state)
        }
    }

    /// Closes the connection.
    func close() { state.withLock { close(&$0) } }

    /// Writes nothing from now on, and leaves the connection open.
    func freeze() { state.withLock { $0.isFrozen = true } }

    /// Closes the connection behind all that has been written.
    private func close(_ state: inout State) {
        state.isOver = true
        let channel = channel
        channel.eventLoop.scheduleTask(deadline: state.nextWrite) {
            channel.writeAndFlush(ByteBuffer()).whenComplete { _ in channel.close(promise: nil) }
        }
    }

    private func write(_ bytes: ByteBuffer, _ state: inout State) {
        guard case .slow(let piece, let pause) = fault else {
            channel.writeAndFlush(bytes, promise: nil)
            return
        }
        var rest = bytes
        let channel = channel
        while let part = rest.readSlice(length: min(piece, rest.readableBytes)),
            part.readableBytes > 0
        {
            state.nextWrite = max(NIODeadline.now(), state.nextWrite) + .milliseconds(Int64(pause))
            channel.eventLoop.scheduleTask(deadline: state.nextWrite) {
                channel.writeAndFlush(part, promise: nil)
            }
        }
    }

    /// The time as headers say it.
    private static func date(skew: Int) -> String {
        var seconds = time(nil) + skew
        var parts = tm()
        gmtime_r(&seconds, &parts)
        var text = [CChar](repeating: 0, count: 64)
        let count = strftime(&text, 64, "%a, %d %b %Y %H:%M:%S GMT", &parts)
        return String(decoding: text[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
