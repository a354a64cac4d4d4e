// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterServers
import ClusterSources
import Foundation
import PolicyTestKit

/// What an API server's list of pods costs from its bytes to the objects that the source keeps, beside
/// Foundation's reading of the same bytes, which makes no objects of them. Processor time, so that what
/// else runs on the machine counts less.
struct JSONBenchmark {
    let report: Report
    let pods: Int
    let runs: Int

    func run() throws {
        let cluster = LargeCluster(pods: pods, policies: pods / 10, localPods: 110)
        let endpoints = cluster.state().endpoints
        let lists = [
            ("pods as servers send them", ServedPods.list(endpoints)),
            ("pods of only what is wanted", ServedPods.bareList(endpoints)),
        ]
        for (name, list) in lists { try measure(name, Array(list.utf8)) }
    }

    private func measure(_ name: String, _ bytes: [UInt8]) throws {
        let megabytes = Double(bytes.count) / 1e6
        report.note("\(name): \(bytes.count / pods) bytes each")
        // As they come from a connection.
        let size = 64 << 10
        let pieces = stride(from: 0, to: bytes.count, by: size).map {
            Array(bytes[$0..<min(bytes.count, $0 + size)])
        }
        let data = Data(bytes)
        var ours: [Double] = []
        var foundation: [Double] = []
        for run in 0...runs {
            var store = ObjectStore()
            var start = Self.processorTime
            let count = ListItems.takePods(pieces, into: &store)
            let time = Self.processorTime - start
            guard count == pods, store.state.endpoints.count == pods else {
                throw BenchmarkFailure(text: "\(name): \(count ?? 0) of \(pods) pods were read")
            }
            start = Self.processorTime
            let object = try JSONSerialization.jsonObject(with: data)
            let other = Self.processorTime - start
            withExtendedLifetime(object) {}
            // The first does not count.
            guard run > 0 else { continue }
            ours.append(time)
            foundation.append(other)
        }
        report.print(
            .init(
                name: name, unit: "ms", ours: Sample(ours.map { $0 * 1e3 }),
                other: Sample(foundation.map { $0 * 1e3 }), otherIs: "JSONSerialization"))
        report.print(
            .init(
                name: "\(name): bytes read", unit: "MB/s",
                ours: Sample(ours.map { megabytes / $0 })))
    }

    /// What the thread has used, in seconds.
    private static var processorTime: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
