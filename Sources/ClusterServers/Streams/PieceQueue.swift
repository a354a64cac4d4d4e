// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NIOCore
import Synchronization

/// Hands pieces of streams from the tasks that receive them to the one that works on them, all that
/// have come in the meantime at once.
///
/// So what arrives together becomes one update, and what arrives alone waits for nothing.
final class PieceQueue: Sendable {
    /// How many bytes may wait before no more are received.
    private static let limit = 8 << 20

    /// A piece, and the number of the stream that it came in.
    struct Piece {
        var stream: Int
        var bytes: ByteBuffer
    }

    /// Tells that there are pieces; ends when one of the streams does.
    let signals: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation
    private let waiting = Mutex<[Piece]>([])

    init() {
        (signals, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Receives the stream to its end, never much more of it than is taken.
    func receive(
        _ stream: some AsyncSequence<ByteBuffer, any Error>, number: Int
    ) async throws {
        defer { continuation.finish() }
        for try await piece in stream {
            let bytes = waiting.withLock { waiting in
                waiting.append(Piece(stream: number, bytes: piece))
                return waiting.reduce(0) { $0 + $1.bytes.readableBytes }
            }
            continuation.yield()
            guard bytes > Self.limit else { continue }
            while waiting.withLock({ !$0.isEmpty }) { try await Task.sleep(for: .milliseconds(2)) }
        }
    }

    /// All pieces that have come since the last call.
    func take() -> [Piece] {
        waiting.withLock { waiting in
            defer { waiting.removeAll(keepingCapacity: true) }
            return waiting
        }
    }
}
