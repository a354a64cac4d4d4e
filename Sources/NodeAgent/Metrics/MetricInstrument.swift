// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// What can be counted or measured, and writes its present values as text.
public protocol MetricInstrument: Sendable {
    /// Writes the lines with the present values.
    func write(into text: inout ExpositionText, name: String, labels: [MetricLabel])
}

/// A name and a value that tell instruments of one metric apart.
public struct MetricLabel: Hashable, Sendable {
    /// The name, such as `kind`.
    public var name: String
    /// The value; any text.
    public var value: String

    /// A label of this name and value.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}
