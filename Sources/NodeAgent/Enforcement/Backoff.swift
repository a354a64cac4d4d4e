// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// How long to wait before trying again: twice as long after each failure, up to a limit, and spread
/// so that the nodes of a cluster do not all try at once.
struct Backoff {
    /// Failures in a row.
    private(set) var failures = 0
    private let first = Duration.milliseconds(100)
    private let limit = Duration.seconds(30)

    /// All is well again.
    mutating func reset() { failures = 0 }

    /// Counts a failure.
    ///
    /// - Parameter spread: where in the range the delay shall be, 0…1.
    /// - Returns: between half and one and a half of the doubled time.
    mutating func next(spread: Double = .random(in: 0...1)) -> Duration {
        let doubled = failures < 16 ? first * (1 << failures) : limit
        failures += 1
        return min(doubled, limit) * (0.5 + spread)
    }
}
