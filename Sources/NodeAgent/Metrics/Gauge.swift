// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Synchronization

/// A number that rises and falls.
public final class Gauge: MetricInstrument {
    private let bits = Atomic<UInt64>(0)

    /// A gauge at 0.
    public init() {}

    /// The present value.
    public var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

    /// Replaces the value. Costs one atomic store.
    public func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }

    /// Replaces the value by a count.
    public func set(_ value: Int) { set(Double(value)) }

    /// Replaces the value: 1 for true, 0 for false.
    public func set(_ value: Bool) { set(value ? 1.0 : 0.0) }

    /// One line.
    public func write(into text: inout ExpositionText, name: String, labels: [MetricLabel]) {
        text.sample(name, labels, value)
    }
}
