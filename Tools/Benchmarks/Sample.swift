// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Several measurements of the same thing.
struct Sample {
    private(set) var values: [Double] = []

    init(_ values: [Double] = []) { self.values = values.sorted() }

    /// Runs the work so many times after one run that does not count; in milliseconds.
    init(runs: Int, _ work: () throws -> Void) rethrows {
        let clock = ContinuousClock()
        try work()
        var values: [Double] = []
        for _ in 0..<runs { values.append(try clock.measure(work).milliseconds) }
        self.init(values)
    }

    var median: Double { values.isEmpty ? 0 : values[values.count / 2] }
    /// What 99 of 100 do not exceed.
    var p99: Double { values.isEmpty ? 0 : values[min(values.count - 1, values.count * 99 / 100)] }
    var minimum: Double { values.first ?? 0 }
    var maximum: Double { values.last ?? 0 }

    /// How far apart the smallest and the largest are, in parts of the median.
    var spread: Double { median == 0 ? 0 : (maximum - minimum) / median }
}

extension Duration {
    var microseconds: Double { milliseconds * 1_000 }

    var milliseconds: Double {
        Double(components.seconds) * 1e3 + Double(components.attoseconds) / 1e15
    }
}
