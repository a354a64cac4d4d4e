// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import Synchronization

/// An open file that takes lines, and is never waited for long.
///
/// Each line goes out by one `write(2)` of at most 4,096 bytes, which pipes keep in one piece
/// (`PIPE_BUF`, pipe(7)); what is longer is cut. A reader that has stopped reading is waited for
/// once for 100 ms. From then on lines are dropped until it reads again, and the next line that
/// it gets says how many. All errors are ignored: nobody is left to tell them to. The program must
/// ignore SIGPIPE, or a reader that goes away ends it.
public final class LineOutput: Sendable {
    private struct State {
        var dropped = 0
    }

    /// The largest line in bytes, with its end.
    public static let longestLine = 4_096

    /// Standard error.
    public static let standardError = LineOutput(descriptor: STDERR_FILENO)

    /// Whether this is a terminal.
    public let isTerminal: Bool
    private let descriptor: Int32
    private let state = Mutex(State())

    /// An output to an open file descriptor, which stays open.
    public init(descriptor: Int32) {
        self.descriptor = descriptor
        isTerminal = isatty(descriptor) == 1
    }

    /// Writes a line, which must not hold a line's end.
    ///
    /// - Parameter notice: The line that says how many lines have been dropped before this one.
    public func write(_ line: String, notice: (Int) -> String) {
        state.withLock { state in
            guard isReady(milliseconds: state.dropped == 0 ? 100 : 0) else {
                state.dropped += 1
                return
            }
            if state.dropped > 0 {
                put(notice(state.dropped))
                state.dropped = 0
                // The notice may have taken the last room.
                guard isReady(milliseconds: 0) else {
                    state.dropped = 1
                    return
                }
            }
            put(line)
        }
    }

    private func isReady(milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        // A closed descriptor is ready, and its write fails at once.
        return poll(&entry, 1, milliseconds) != 0
    }

    private func put(_ line: String) {
        var bytes = Array(line.utf8)
        if bytes.count >= Self.longestLine {
            let mark = Array("…".utf8)
            var end = Self.longestLine - 1 - mark.count
            while end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
            bytes = bytes[..<end] + mark
        }
        bytes.append(UInt8(ascii: "\n"))
        _ = Foundation.write(descriptor, bytes, bytes.count)
    }
}
