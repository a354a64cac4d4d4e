// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// How long to wait before something that failed is tried again: at random up to a limit that doubles
/// with each failure (full jitter), so that a thousand nodes do not come back at once.
struct Backoff: Hashable, Sendable {
    /// The limit after the first failure.
    var shortest: Duration = .milliseconds(200)
    /// The limit that is not exceeded.
    var longest: Duration = .seconds(30)
    /// Failures in a row.
    private(set) var failures = 0

    /// The limit of the next wait.
    var limit: Duration {
        var limit = shortest
        for _ in 0..<failures where limit < longest { limit *= 2 }
        return min(limit, longest)
    }

    /// Counts a failure.
    ///
    /// - Parameter pause: how long the server wants to be left alone; the wait is not shorter, but
    ///   five minutes at most.
    /// - Returns: how long to wait.
    mutating func fail(
        pause: Duration? = nil, using random: inout some RandomNumberGenerator
    ) -> Duration {
        let wait = limit * Double.random(in: 0...1, using: &random)
        failures += 1
        guard let pause else { return wait }
        return min(pause, .seconds(300)) + wait
    }

    /// Something worked.
    mutating func reset() { failures = 0 }
}
