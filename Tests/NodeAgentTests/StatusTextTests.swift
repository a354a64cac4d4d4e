// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import NodeAgent
import Testing

@Suite struct StatusTextTests {
    private static let started = Date(timeIntervalSince1970: 1_795_460_400)

    @Test("a status that is ready")
    func ready() {
        var status = AgentStatus(node: "node-a", started: Self.started)
        status.isInSync = true
        status.isInForce = true
        status.lastSuccess = Self.started + 5
        status.objects = ["pod": 3, "namespace": 1]
        status.driftRepaired = 2
        status.governedEndpoints = 1
        status.ownership = "owner"
        #expect(
            StatusText(status, now: Self.started + 125).text == """
                node-a: ready
                  in sync         yes
                  in force        yes, as of 2026-11-23T19:00:05Z (2m ago)
                  governed pods   1
                  objects         namespace 1, pod 3
                  ownership       owner
                  drift repaired  2 times
                  started         2026-11-23T19:00:00Z (2m5s ago)

                """)
    }

    @Test("S91: a status says how many pods have a file, where files are kept")
    func podFiles() {
        var status = AgentStatus(node: "node-a", started: Self.started)
        func row() -> String? {
            StatusText(status, now: Self.started).text.split(separator: "\n")
                .first { $0.contains("pods' files") }.map(String.init)
        }
        #expect(row() == nil)
        status.podFiles = AgentStatus.PodFileCount(directory: "/var/run/sluice")
        status.podFiles?.files = 11
        status.podFiles?.pods = 12
        #expect(row() == "  pods' files     11 of 12 pods in /var/run/sluice")
    }

    @Test("a status that is not, with hostile problems")
    func notReady() {
        var status = AgentStatus(node: "a\nb: ready", started: Self.started)
        status.failuresInARow = 4
        status.problems = ["x\u{1b}[2J\ny"]
        #expect(
            StatusText(status, now: Self.started).text == """
                a\\nb: ready: not ready
                  in sync            no: the source has not been read in whole yet
                  in force           no, and never was
                  failures in a row  4
                  governed pods      0
                  objects            none
                  ownership          monitor
                  drift repaired     never
                  started            2026-11-23T19:00:00Z (0s ago)
                problems:
                  x\\u{1b}[2J\\ny

                """)
    }
}
