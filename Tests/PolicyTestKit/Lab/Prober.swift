// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Tells which endpoints of a lab can talk, by sending packets and looking for the answers.
public struct Prober: Sendable {
    /// How long answers may take after the last packet was sent.
    public static let usualTimeout: Duration = .milliseconds(250)

    /// How long they may take when a probe is repeated.
    public static let patientTimeout: Duration = .seconds(1)

    /// How many times a probe is repeated whose silence was not expected.
    private static let repetitions = 2

    /// How many probes are under way at the same time.
    private static let batchSize = 4_000

    private let lab: Lab

    /// A prober for a lab.
    public init(_ lab: Lab) {
        self.lab = lab
    }

    /// Sends all probes at once and waits for their answers.
    ///
    /// - Parameters:
    ///   - probes: any number of probes.
    ///   - timeout: how long answers may take after the last packet was sent.
    /// - Returns: an outcome for each probe, in their order.
    /// - Throws: `LabError` when a probe cannot be sent at all: its host is not in the lab, its
    ///   source is none of the host's addresses, or the lab has been torn down.
    public func run(_ probes: [Probe], timeout: Duration = usualTimeout) throws -> [Outcome] {
        var outcomes: [Outcome] = []
        for start in stride(from: 0, to: probes.count, by: Self.batchSize) {
            outcomes += try run(batch: probes[start...].prefix(Self.batchSize), timeout: timeout)
        }
        return outcomes
    }

    /// Sends all probes at once, and those again that are silent against expectation.
    ///
    /// A slow machine can be the cause of silence, so such a probe gets two more chances with new
    /// ports and more time. It cannot be the cause of an answer, so an answer stands.
    ///
    /// - Parameters:
    ///   - probes: any number of probes.
    ///   - expected: the outcome that is expected of each.
    ///   - timeout: how long answers may take after the last packet was sent the first time.
    /// - Returns: the final outcome of each probe, in their order.
    /// - Throws: `LabError` when a probe cannot be sent at all.
    public func run(
        _ probes: [Probe], expecting expected: [Outcome], timeout: Duration = usualTimeout
    ) throws -> [Outcome] {
        precondition(probes.count == expected.count, "one expected outcome for each probe")
        var outcomes = try run(probes, timeout: timeout)
        for _ in 0..<Self.repetitions {
            let doubtful = probes.indices.filter {
                outcomes[$0] == .silent && expected[$0] != .silent
            }
            guard !doubtful.isEmpty else { break }
            let repeated = try run(doubtful.map { probes[$0] }, timeout: Self.patientTimeout)
            for (index, outcome) in zip(doubtful, repeated) {
                outcomes[index] = outcome
            }
        }
        return outcomes
    }

    private func run(batch: ArraySlice<Probe>, timeout: Duration) throws -> [Outcome] {
        var run = ProbeRun(count: batch.count, ports: lab.sourcePorts)
        let orders = try Dictionary(grouping: zip(batch, 0...), by: \.0.from).mapValues { probes in
            try probes.map { try ProbeOrder($0, index: $1) }
        }
        for (endpoint, orders) in orders {
            try lab.namespace(of: endpoint).run { try run.launch(orders) }
            run.collect(for: .zero)
        }
        run.collect(for: timeout)
        return run.outcomes
    }
}
