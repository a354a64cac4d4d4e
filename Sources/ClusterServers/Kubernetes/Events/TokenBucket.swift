// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// How much of something may be done in a time: a stock that is used up and fills again.
struct TokenBucket: Hashable, Sendable {
    /// How many may be taken at once.
    let capacity: Double
    /// How many come in a second.
    let rate: Double
    private var stock: Double
    private var filled: ContinuousClock.Instant

    /// A full one.
    init(capacity: Double, rate: Double, now: ContinuousClock.Instant) {
        self.capacity = capacity
        self.rate = rate
        stock = capacity
        filled = now
    }

    /// Takes one, if there is one.
    mutating func take(now: ContinuousClock.Instant) -> Bool {
        let seconds = max(0, (now - filled) / .seconds(1))
        stock = min(capacity, stock + seconds * rate)
        filled = max(now, filled)
        guard stock >= 1 else { return false }
        stock -= 1
        return true
    }
}
