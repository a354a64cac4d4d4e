// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Synchronization

/// The instruments of one metric, one for each combination of its labels' values.
///
/// An instrument appears in the text once it has been asked for, and stays. Looking one up costs a
/// hash and a lock; whoever updates it often keeps it.
public final class InstrumentFamily<Instrument: MetricInstrument>: MetricInstrument {
    private let labelNames: [String]
    private let make: @Sendable () -> Instrument
    private let instruments = Mutex<[[String]: Instrument]>([:])

    /// A family without instruments.
    init(labels: [String], make: @escaping @Sendable () -> Instrument) {
        labelNames = labels
        self.make = make
    }

    /// The instrument with these values of the labels, in the order in which these were declared.
    public subscript(_ values: String...) -> Instrument {
        precondition(values.count == labelNames.count, "one value for each label")
        return instruments.withLock { instruments in
            if let known = instruments[values] { return known }
            let new = make()
            instruments[values] = new
            return new
        }
    }

    /// The values of the labels for which there are instruments.
    public var labelValues: [[String]] { instruments.withLock { Array($0.keys) } }

    /// The lines of all instruments, in order of their labels' values.
    public func write(into text: inout ExpositionText, name: String, labels: [MetricLabel]) {
        let sorted = instruments.withLock { $0 }
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }
        for (values, instrument) in sorted {
            let own = zip(labelNames, values).map { MetricLabel($0, $1) }
            instrument.write(into: &text, name: name, labels: labels + own)
        }
    }
}

extension InstrumentFamily where Instrument == Gauge {
    /// Sets the gauges of a family with one label to these counts, and those of all values that
    /// are not among them to 0.
    public func set(_ counts: [String: Int]) {
        for value in labelValues where counts[value[0]] == nil { self[value[0]].set(0) }
        for (value, count) in counts { self[value].set(count) }
    }
}
