// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NodeAgent
import Testing

@Suite struct AgentMetricsTests {
    /// The names and types, which dashboards and alerts are made of.
    private static let declared = [
        "sluice_changes_total counter", "sluice_transactions_total counter",
        "sluice_transaction_messages histogram", "sluice_transaction_bytes histogram",
        "sluice_commit_seconds histogram", "sluice_reaction_seconds histogram",
        "sluice_errors_total counter", "sluice_consecutive_failures gauge",
        "sluice_last_success_timestamp_seconds gauge", "sluice_drift_repaired_total counter",
        "sluice_drift_seconds histogram", "sluice_objects gauge", "sluice_kernel_objects gauge",
        "sluice_governed_endpoints gauge", "sluice_placed_pods gauge",
        "sluice_pod_files gauge", "sluice_in_sync gauge", "sluice_in_force gauge",
        "sluice_owner gauge", "sluice_ruleset_reads_total counter",
        "sluice_stale_generations_total counter", "sluice_input_problems gauge",
        "sluice_source_last_contact_timestamp_seconds gauge", "sluice_source_stale_kinds gauge",
        "sluice_proofs_total counter", "sluice_proved gauge",
        "sluice_proof_timestamp_seconds gauge", "sluice_proof_seconds histogram",
        "process_resident_memory_bytes gauge", "process_cpu_seconds_total counter",
        "process_start_time_seconds gauge", "process_open_fds gauge", "sluice_build_info gauge",
    ]

    @Test("all metrics are declared, with types and help")
    func declarations() {
        let registry = MetricsRegistry()
        _ = AgentMetrics(in: registry, version: "1.2.3")
        let lines = registry.text().split(separator: "\n")
        let types = lines.filter { $0.hasPrefix("# TYPE ") }.map { String($0.dropFirst(7)) }
        #expect(types == Self.declared)
        #expect(lines.filter { $0.hasPrefix("# HELP ") }.count == Self.declared.count)
        #expect(registry.text().contains("\nsluice_build_info{version=\"1.2.3\"} 1\n"))
    }

    @Test("known labels are there before anything happens")
    func zeroes() {
        let registry = MetricsRegistry()
        let metrics = AgentMetrics(in: registry)
        metrics.count(errorIn: .commit)
        metrics.count(read: .whole)
        metrics.set(.rules, to: 9)
        for line in [
            "sluice_errors_total{stage=\"source\"} 0", "sluice_errors_total{stage=\"compile\"} 0",
            "sluice_errors_total{stage=\"commit\"} 1", "sluice_errors_total{stage=\"monitor\"} 0",
            "sluice_ruleset_reads_total{scope=\"whole\"} 1",
            "sluice_ruleset_reads_total{scope=\"part\"} 0",
            "sluice_kernel_objects{kind=\"rules\"} 9", "sluice_kernel_objects{kind=\"sets\"} 0",
        ] {
            #expect(registry.text().contains("\n\(line)\n"))
        }
    }

    @Test("commits are measured from 10 µs to 10 s")
    func bounds() {
        let metrics = AgentMetrics(in: MetricsRegistry())
        #expect(metrics.commitSeconds.bounds.first == 0.00001)
        #expect(metrics.commitSeconds.bounds.last == 10)
        #expect(metrics.transactionMessages.bounds.last == 65_536)
        #expect(metrics.transactionBytes.bounds.last == 16_777_216)
    }

    @Test("the process's own figures are plausible")
    func process() throws {
        let statistics = try #require(ProcessStatistics())
        #expect(statistics.residentBytes > 1_048_576)
        #expect(statistics.processorSeconds >= 0)
        #expect(try #require(statistics.openDescriptors) >= 3)
        #expect(try #require(statistics.startTime) > 1_600_000_000)
    }
}
