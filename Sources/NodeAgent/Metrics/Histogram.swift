// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Synchronization

/// How often values fell below each of some bounds, how many there were, and their sum.
public final class Histogram: MetricInstrument {
    /// What has been observed, at one moment.
    private struct State {
        /// For each bound, and at the end for infinity: the values that fell between it and the
        /// bound before.
        var counts: [UInt64]
        var sum = 0.0
    }

    /// The upper bounds, rising, without infinity.
    public let bounds: [Double]
    private let state: Mutex<State>

    /// A histogram without values.
    ///
    /// - Parameter bounds: Upper bounds, which belong to their buckets; rising and finite.
    public init(bounds: [Double]) {
        precondition(
            zip(bounds, bounds.dropFirst()).allSatisfy(<) && bounds.allSatisfy(\.isFinite),
            "bounds of a histogram rise and are finite")
        self.bounds = bounds
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    /// How many values there have been.
    public var count: UInt64 { state.withLock { $0.counts.reduce(0, +) } }

    /// The sum of all values.
    public var sum: Double { state.withLock { $0.sum } }

    /// Takes a value. Costs a search among the bounds, and a lock that hardly anybody else holds.
    public func observe(_ value: Double) {
        var low = 0
        var high = bounds.count
        while low < high {
            let middle = (low + high) / 2
            if value <= bounds[middle] { high = middle } else { low = middle + 1 }
        }
        state.withLock {
            $0.counts[low] += 1
            $0.sum += value
        }
    }

    /// Takes a count.
    public func observe(_ value: Int) { observe(Double(value)) }

    /// Takes a duration, in seconds.
    public func observe(_ duration: Duration) { observe(duration / .seconds(1)) }

    /// The cumulative buckets up to `+Inf`, the sum and the count, all of one moment.
    public func write(into text: inout ExpositionText, name: String, labels: [MetricLabel]) {
        let state = state.withLock { $0 }
        var total: UInt64 = 0
        for (bound, count) in zip(bounds + [.infinity], state.counts) {
            total += count
            let label = MetricLabel("le", ExpositionText.number(bound))
            text.sample("\(name)_bucket", labels + [label], Double(total))
        }
        text.sample("\(name)_sum", labels, state.sum)
        text.sample("\(name)_count", labels, Double(total))
    }
}
