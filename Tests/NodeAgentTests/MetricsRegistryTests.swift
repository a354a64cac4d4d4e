// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NodeAgent
import Testing

@Suite struct MetricsRegistryTests {
    @Test("metrics are printed in the exposition format, in the order of their declaration")
    func text() {
        let registry = MetricsRegistry()
        let counter = registry.counter("b_total", help: "Counts, with a \\ and\na line's end.")
        let gauge = registry.gauge("a", help: "A gauge.")
        let labelled = registry.counters("c_total", labels: ["kind", "stage"], help: "Labelled.")
        registry.readGauge("d", help: "Read.") { 7 }
        registry.readGauge("e", help: "Cannot be read.") { nil }
        counter.increment()
        counter.increment(by: 41)
        gauge.set(-0.25)
        labelled["z", "x"].increment()
        labelled["a\"\\\nb", "x"].increment(by: 2)
        #expect(
            registry.text() == #"""
                # HELP b_total Counts, with a \\ and\na line's end.
                # TYPE b_total counter
                b_total 42
                # HELP a A gauge.
                # TYPE a gauge
                a -0.25
                # HELP c_total Labelled.
                # TYPE c_total counter
                c_total{kind="a\"\\\nb",stage="x"} 2
                c_total{kind="z",stage="x"} 1
                # HELP d Read.
                # TYPE d gauge
                d 7
                # HELP e Cannot be read.
                # TYPE e gauge

                """#)
    }

    @Test("a histogram's buckets are cumulative, and a value on a bound belongs below it")
    func histogram() {
        let registry = MetricsRegistry()
        let histogram = registry.histogram("h_seconds", bounds: [0.001, 0.5, 2], help: "H.")
        for value in [0.0005, 0.001, 0.25, 2, 100] { histogram.observe(value) }
        #expect(histogram.count == 5)
        #expect(
            registry.text() == """
                # HELP h_seconds H.
                # TYPE h_seconds histogram
                h_seconds_bucket{le="0.001"} 2
                h_seconds_bucket{le="0.5"} 3
                h_seconds_bucket{le="2"} 4
                h_seconds_bucket{le="+Inf"} 5
                h_seconds_sum 102.2515
                h_seconds_count 5

                """)
    }

    @Test("durations are observed in seconds")
    func durations() {
        let histogram = Histogram(bounds: [1])
        histogram.observe(.milliseconds(1500))
        #expect(histogram.sum == 1.5)
    }

    @Test("labels of a family of histograms stand before le")
    func labelledHistogram() {
        let registry = MetricsRegistry()
        registry.histograms("h", labels: ["k"], bounds: [1], help: "H.")["v"].observe(1)
        #expect(registry.text().contains(#"h_bucket{k="v",le="1"} 1"#))
        #expect(registry.text().contains(#"h_sum{k="v"} 1"#))
    }

    @Test("numbers are written as Go reads them")
    func numbers() {
        let registry = MetricsRegistry()
        let gauge = registry.gauge("g", help: "G.")
        for (value, text) in [
            (Double.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"), (1e-5, "1e-05"),
            (1e20, "1e+20"), (1_700_000_000.5, "1700000000.5"), (0, "0"),
        ] {
            gauge.set(value)
            #expect(registry.text().hasSuffix("\ng \(text)\n"))
        }
    }

    @Test("nothing is lost when many tasks count at once")
    func concurrency() async {
        let registry = MetricsRegistry()
        let counters = registry.counters("c_total", labels: ["k"], help: "C.")
        let histogram = registry.histogram("h", bounds: [10], help: "H.")
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for _ in 0..<1_000 {
                        counters["\(task % 2)"].increment()
                        histogram.observe(1)
                    }
                }
            }
        }
        #expect(counters["0"].value + counters["1"].value == 8_000)
        #expect(histogram.count == 8_000)
        #expect(histogram.sum == 8_000)
    }

    @Test("setting a family to counts brings those that are missing to 0")
    func familyOfCounts() {
        let gauges = MetricsRegistry().gauges("g", labels: ["kind"], help: "G.")
        gauges.set(["pod": 3, "node": 1])
        gauges.set(["pod": 2])
        #expect(gauges["pod"].value == 2)
        #expect(gauges["node"].value == 0)
    }
}
