// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import AsyncHTTPClient
import NIOCore
import Synchronization

/// What comes in answer to a request, piece by piece as it comes.
struct AnswerBody: Sendable {
    private let body: HTTPClientResponse.Body
    private let call: APICall

    init(_ body: HTTPClientResponse.Body, of call: APICall) {
        self.body = body
        self.call = call
    }

    /// Since when nothing has come; nil while something is being worked on.
    private final class Pulse: Sendable {
        private let last = Mutex<ContinuousClock.Instant?>(.now)

        func beat() { last.withLock { $0 = .now } }
        func pause() { last.withLock { $0 = nil } }
        var silence: Duration { last.withLock { $0.map { .now - $0 } } ?? .zero }
    }

    /// What has come so far.
    private final class Collected: Sendable {
        private let bytes = Mutex<[UInt8]>([])

        var content: [UInt8] { bytes.withLock { $0 } }

        /// - Returns: how many bytes there are then.
        func append(_ piece: [UInt8]) -> Int {
            bytes.withLock {
                $0 += piece
                return $0.count
            }
        }
    }

    /// Hands out the pieces until the answer ends or nobody wants more.
    ///
    /// - Parameters:
    ///   - silence: how long nothing may come; then the connection is given up.
    ///   - take: says whether it wants more. While it works, nothing more is read.
    func forEachPiece(
        silence: SilenceLimit, _ take: @escaping @Sendable ([UInt8]) async throws -> Bool
    ) async throws(KubernetesError) {
        do {
            try await race(silence, take)
        } catch let error as KubernetesError {
            throw error
        } catch {
            throw KubernetesError(
                .unreachable, call.description, ConnectionFailure.description(of: error))
        }
    }

    /// Reads until the end, or until there has been silence for too long.
    private func race(
        _ silence: SilenceLimit, _ take: @escaping @Sendable ([UInt8]) async throws -> Bool
    ) async throws {
        let pulse = Pulse()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask { [body] in
                for try await buffer in body {
                    pulse.pause()
                    guard try await take(Array(buffer.readableBytesView)) else { break }
                    pulse.beat()
                }
                try Task.checkCancellation()
                return true
            }
            group.addTask {
                while true {
                    let left = silence.limit - pulse.silence
                    if left <= .zero { return false }
                    try await Task.sleep(for: left + .milliseconds(1))
                }
            }
            defer { group.cancelAll() }
            if try await group.next() == false {
                throw KubernetesError(
                    .silent, call.description,
                    "nothing has come from the server for \(silence.limit.components.seconds) s")
            }
        }
    }

    /// All of it, unless it is larger than is kept.
    func collect(silence: Duration) async throws(KubernetesError) -> [UInt8] {
        let collected = Collected()
        try await forEachPiece(silence: SilenceLimit(silence)) { [call] piece in
            guard collected.append(piece) <= JSONValueSplitter.maximumSize else {
                throw KubernetesError(.malformed, call.description, "the answer does not end")
            }
            return true
        }
        return collected.content
    }
}

/// How long nothing may come; it may change while somebody waits.
final class SilenceLimit: Sendable {
    private let duration: Mutex<Duration>

    init(_ limit: Duration) { duration = Mutex(limit) }

    var limit: Duration {
        get { duration.withLock { $0 } }
        set { duration.withLock { $0 = newValue } }
    }
}
