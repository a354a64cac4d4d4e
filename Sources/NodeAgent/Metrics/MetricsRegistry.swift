// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Synchronization

/// The metrics of a process, printed for Prometheus.
///
/// ```swift
/// let registry = MetricsRegistry()
/// let errors = registry.counters("app_errors_total", labels: ["stage"], help: "Failures by stage.")
/// errors["commit"].increment()
/// print(registry.text())
/// ```
///
/// Metrics are printed in the order in which they were declared. To declare a name twice, or one
/// that the format does not allow, is a mistake of the program and ends it.
///
/// This stands in place of swift-metrics, which is a facade: it prints nothing without a backend,
/// and the agent, whose only use of metrics is this text, would depend on two packages for it.
public final class MetricsRegistry: Sendable {
    private struct Metric {
        var name: String
        var type: String
        var help: String
        var instrument: any MetricInstrument
    }

    private let metrics = Mutex<[Metric]>([])

    /// A registry without metrics.
    public init() {}

    /// Declares a metric with a single counter.
    public func counter(_ name: String, help: String) -> Counter {
        add(name, "counter", help, Counter())
    }

    /// Declares a metric with a counter for each combination of values of the labels.
    public func counters(
        _ name: String, labels: [String], help: String
    ) -> InstrumentFamily<Counter> {
        add(name, "counter", help, family(labels) { Counter() })
    }

    /// Declares a metric with a single gauge.
    public func gauge(_ name: String, help: String) -> Gauge { add(name, "gauge", help, Gauge()) }

    /// Declares a metric with a gauge for each combination of values of the labels.
    public func gauges(_ name: String, labels: [String], help: String) -> InstrumentFamily<Gauge> {
        add(name, "gauge", help, family(labels) { Gauge() })
    }

    /// Declares a metric with a single histogram of these upper bounds.
    public func histogram(_ name: String, bounds: [Double], help: String) -> Histogram {
        add(name, "histogram", help, Histogram(bounds: bounds))
    }

    /// Declares a metric with a histogram for each combination of values of the labels.
    public func histograms(
        _ name: String, labels: [String], bounds: [Double], help: String
    ) -> InstrumentFamily<Histogram> {
        add(name, "histogram", help, family(labels) { Histogram(bounds: bounds) })
    }

    /// Declares a counter that is read when the metrics are printed; nil leaves it out.
    public func readCounter(
        _ name: String, help: String, read: @escaping @Sendable () -> Double?
    ) {
        _ = add(name, "counter", help, ReadInstrument(read: read))
    }

    /// Declares a gauge that is read when the metrics are printed; nil leaves it out.
    public func readGauge(_ name: String, help: String, read: @escaping @Sendable () -> Double?) {
        _ = add(name, "gauge", help, ReadInstrument(read: read))
    }

    /// All metrics with their present values, in the exposition format.
    public func text() -> String {
        var text = ExpositionText()
        for metric in metrics.withLock({ $0 }) {
            text.header(metric.name, type: metric.type, help: metric.help)
            metric.instrument.write(into: &text, name: metric.name, labels: [])
        }
        return text.text
    }

    private func family<Instrument>(
        _ labels: [String], make: @escaping @Sendable () -> Instrument
    ) -> InstrumentFamily<Instrument> {
        precondition(labels.allSatisfy { Self.isName($0) && $0 != "le" }, "a label's name")
        return InstrumentFamily(labels: labels, make: make)
    }

    private func add<Instrument: MetricInstrument>(
        _ name: String, _ type: String, _ help: String, _ instrument: Instrument
    ) -> Instrument {
        precondition(Self.isName(name), "\(name) is no metric's name")
        metrics.withLock { metrics in
            precondition(!metrics.contains { $0.name == name }, "\(name) is declared twice")
            metrics.append(Metric(name: name, type: type, help: help, instrument: instrument))
        }
        return instrument
    }

    /// Letters, digits and underscores, not beginning with a digit.
    private static func isName(_ name: String) -> Bool {
        name.first.map { !$0.isNumber } ?? false
            && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    }
}

/// A value that is found out when it is wanted.
private struct ReadInstrument: MetricInstrument {
    let read: @Sendable () -> Double?

    func write(into text: inout ExpositionText, name: String, labels: [MetricLabel]) {
        if let value = read() { text.sample(name, labels, value) }
    }
}
