// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Synchronization

/// A number that only rises, from 0 at the start of the process.
public final class Counter: MetricInstrument {
    private let count = Atomic<UInt64>(0)

    /// A counter at 0.
    public init() {}

    /// What has been counted.
    public var value: UInt64 { count.load(ordering: .relaxed) }

    /// Counts one more, or as many as given. Costs one atomic addition.
    public func increment(by amount: UInt64 = 1) { count.wrappingAdd(amount, ordering: .relaxed) }

    /// One line.
    public func write(into text: inout ExpositionText, name: String, labels: [MetricLabel]) {
        text.sample(name, labels, Double(value))
    }
}
