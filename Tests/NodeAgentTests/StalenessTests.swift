// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterServers
import Foundation
import Testing

@testable import NodeAgent

@Suite struct StalenessTests {
    private typealias Contact = AgentStatus.Contact
    private static let now = Date(timeIntervalSince1970: 1_795_460_400)

    private func status(_ contacts: [Contact]) -> AgentStatus {
        var status = AgentStatus(node: "node-a", started: Self.now)
        status.isInSync = true
        status.isInForce = true
        status.contacts = contacts
        return status
    }

    @Test("S98: ready says in its first line how stale it is what is in force")
    func readiness() {
        let refused = "https://192.0.2.1:6443: Connection refused"
        var status = status([
            Contact(kind: "pods", age: 312, isStale: true, problem: refused),
            Contact(kind: "nodes", age: 12),
        ])
        #expect(status.isReady)
        #expect(status.readiness == ["ready; pods last heard of 5m12s ago: \(refused)"])
        status.problems = ["a.yaml:1: wrong\nready"]
        #expect(status.readiness.last == "a.yaml:1: wrong\\nready")
        status.contacts[0].isStale = false
        #expect(status.readiness.first == "ready")
    }

    @Test("S98: kinds with one cause are one line, with the oldest age")
    func groups() {
        let contacts = [
            Contact(kind: "a-tier.x", age: 40, isStale: true, problem: "a"),
            Contact(kind: "pods", age: 70, isStale: true, problem: "a"),
            Contact(kind: "nodes", age: 50, isStale: true, problem: "a"),
            Contact(kind: "namespaces", age: 60, isStale: true, problem: "a"),
            Contact(kind: "networksets", isSynced: false, isStale: true, problem: "a"),
            Contact(kind: "profiles", age: 3, isStale: true, problem: "b\nc"),
            Contact(kind: "ippools", age: 1_000, isStale: true),
            Contact(kind: "hostendpoints", age: 1_000),
        ]
        #expect(
            Staleness(contacts).lines == [
                "ippools last heard of 16m40s ago: the server has fallen silent",
                "namespaces, nodes and 2 more kinds last heard of 1m10s ago: a",
                "networksets never heard of: a",
                "profiles last heard of 3s ago: b\\nc",
            ])
        #expect(Staleness([]).lines == [])
    }

    @Test("S98: who is not ready says how stale it is, too")
    func notReady() {
        var status = status([
            Contact(kind: "pods", isSynced: false, isStale: true, problem: "refused")
        ])
        status.isInSync = false
        #expect(
            status.reasonsNotReady == [
                "not in sync: the source has not been read in whole yet",
                "pods never heard of: refused",
            ])
    }

    @Test("sluice status sums the kinds up, and lists those that are stale")
    func text() {
        var status = status([
            Contact(kind: "pods", age: 45), Contact(kind: "nodes", age: 2),
            Contact(kind: "tiers", age: 9, isServed: false),
        ])
        func rows() -> [String] {
            StatusText(status, now: Self.now).text.split(separator: "\n").map(String.init)
        }
        #expect(
            rows().contains(
                "  source          3 kinds, all heard of within 45s, 1 of them not served"))
        #expect(!rows().contains("stale:"))
        status.contacts[0] = Contact(kind: "pods", age: 312, isStale: true, problem: "refused")
        status.contacts[1] = Contact(kind: "nodes", isSynced: false)
        #expect(
            rows().contains(
                "  source          3 kinds, 1 of them stale, 1 of them not heard of yet, "
                    + "1 of them not served"))
        #expect(rows().suffix(2) == ["stale:", "  pods last heard of 5m12s ago: refused"])
        status.contacts = []
        #expect(!rows().contains { $0.hasPrefix("  source") })
    }

    @Test("what a source tells survives the way through JSON")
    func json() throws {
        let told = KindContact(
            resource: "pods", age: .milliseconds(312_900), isListed: true, objectCount: 7,
            problem: "refused", tolerance: .seconds(180))
        let contact = Contact(told, now: Self.now)
        #expect(contact.age == 312 && contact.isStale && contact.isSynced && contact.isServed)
        #expect(contact.objects == 7 && contact.problem == "refused")
        #expect(try #require(contact.lastContact) == Self.now - 312.9)
        let status = status([contact, Contact(kind: "tiers", isSynced: false)])
        let read = try AgentStatus(json: try status.json())
        #expect(read.contacts.map(\.age) == [312, nil])
        #expect(read.contacts[0].lastContact == Self.now - 313, "whole seconds")
    }

    @Test("a silent server makes a kind stale, one that was never heard of does not")
    func tolerance() {
        func isStale(_ age: Duration?, _ problem: String? = nil) -> Bool {
            KindContact(
                resource: "pods", age: age, isListed: true, problem: problem,
                tolerance: .seconds(180)
            ).isStale
        }
        #expect(!isStale(.seconds(180)))
        #expect(isStale(.seconds(181)))
        #expect(!isStale(nil))
        #expect(isStale(nil, "refused"))
        #expect(isStale(.zero, "refused"))
    }

    @Test("metrics have the time of the last contact of each kind, and how many are stale")
    func metrics() {
        let registry = MetricsRegistry()
        let metrics = AgentMetrics(in: registry)
        metrics.set(
            [
                KindContact(
                    resource: "pods", age: .milliseconds(312_440), isListed: true,
                    tolerance: .seconds(180)),
                KindContact(
                    resource: "tiers", age: nil, isListed: false, tolerance: .seconds(180)),
            ], now: Self.now)
        let name = "sluice_source_last_contact_timestamp_seconds"
        #expect(metrics.sourceContacts["pods"].value == 1_795_460_087.6)
        #expect(registry.text().contains("\n\(name){kind=\"tiers\"} 0\n"))
        #expect(registry.text().contains("\nsluice_source_stale_kinds 1\n"))
    }
}
