// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterSources
import Foundation
import Testing

@testable import ClusterServers

@Suite struct EtcdEventsTests {
    /// Everything read at revision 10 of cluster 7.
    private static func events() -> EtcdEvents {
        let known = Dictionary(uniqueKeysWithValues: CalicoResource.all.map { ($0, Int64(10)) })
        return EtcdEvents(
            behind: EtcdReading(
                store: ObjectStore(),
                position: EtcdPosition(cluster: 7, term: 2, revision: 10, known: known)), at: "E")
    }

    private static let sets =
        CalicoResource.all.firstIndex { $0.plural == "globalnetworksets" } ?? 0

    private static func message(
        _ events: String, revision: Int, more: String = "", watch: Int = sets + 1
    ) -> [UInt8] {
        Array(
            #"{"result":{"header":{"cluster_id":"7","member_id":"18446744073709551615","revision":"\#(revision)","raft_term":"2"},"watch_id":"\#(watch)"\#(more)\#(events.isEmpty ? "" : ",\"events\":[\(events)]")}}"#
                .utf8)
    }

    private static func put(_ name: String, _ revision: Int) -> String {
        let pair = EtcdWriter.set(name)
        let key = Data(pair.key.utf8).base64EncodedString()
        let value = Data(pair.value.utf8).base64EncodedString()
        return
            #"{"kv":{"key":"\#(key)","mod_revision":"\#(revision)","version":"1","value":"\#(value)"}}"#
    }

    private static func deletion(_ name: String, _ revision: Int) -> String {
        let key = Data(EtcdWriter.set(name).key.utf8).base64EncodedString()
        return #"{"type":"DELETE","kv":{"key":"\#(key)","mod_revision":"\#(revision)"}}"#
    }

    private static func known(_ events: EtcdEvents) -> Int64? {
        events.reading.position.known[CalicoResource.all[sets]]
    }

    @Test("Events change what is known, each watch on its own account")
    func changes() throws {
        var events = Self.events()
        try events.take(
            Self.message(
                [Self.put("a", 11), Self.put("b", 11)].joined(separator: ","), revision: 12))
        #expect(Self.known(events) == 11)
        #expect(events.questions.map(\.create.startRevision).filter { $0 == 12 }.count == 1)
        #expect(
            events.questions.map(\.create.startRevision).filter { $0 == 11 }.count == events
                .resources.count - 1)
        try events.take(Self.message(Self.deletion("a", 13), revision: 13))
        #expect(Self.known(events) == 13)
        let settled = events.settle(isComplete: true, problems: [])
        let update = try #require(settled)
        #expect(update.objectCount["GlobalNetworkSet"] == 1)
        try events.take(Self.message("", revision: 40))
        #expect(Self.known(events) == 40, "a report of progress")
        let nothing = events.settle(isComplete: true, problems: [])
        #expect(nothing == nil)
    }

    @Test("Of an answer in fragments nothing counts as known before the last")
    func fragments() throws {
        var events = Self.events()
        try events.take(Self.message(Self.put("a", 11), revision: 11, more: #","fragment":true"#))
        #expect(!events.isWhole)
        #expect(Self.known(events) == 10)
        try events.take(Self.message(Self.put("b", 11), revision: 11))
        #expect(events.isWhole)
        #expect(Self.known(events) == 11)
    }

    @Test("The watch stands when every kind's is confirmed")
    func confirmations() throws {
        var events = Self.events()
        for watch in 1...events.resources.count {
            #expect(!events.isEstablished)
            try events.take(Self.message("", revision: 10, more: #","created":true"#, watch: watch))
        }
        #expect(events.isEstablished)
    }

    @Test(
        "What ends a watch, from older and newer servers",
        arguments: [
            (#"{"result":{"canceled":true,"compact_revision":"12"}}"#, EtcdError.Kind.compacted),
            (
                #"{"result":{"watch_id":"-1","created":true,"canceled":true,"cancel_reason":"rpc error: code = PermissionDenied desc = etcdserver: permission denied"}}"#,
                .denied
            ),
            (#"{"result":{"header":{"cluster_id":"8"},"watch_id":"1"}}"#, .replaced),
            (
                #"{"error":{"grpc_code":14,"http_code":503,"message":"etcdserver: no leader","http_status":"Service Unavailable"}}"#,
                .failure
            ),
            (
                #"{"error":{"code":16,"message":"etcdserver: invalid auth token","details":[]}}"#,
                .token
            ),
            (#"{"result":{"canceled":true}}"#, .failure), (#"{"result":7}"#, .failure),
            (#"{"result":{"watch_id":"x"}}"#, .failure),
        ])
    func endings(text: String, kind: EtcdError.Kind) {
        var events = Self.events()
        let error = #expect(throws: EtcdError.self) { try events.take(Array(text.utf8)) }
        #expect(error?.kind == kind, "\(String(describing: error))")
    }

    @Test("Keys that stand for no object are counted, and change nothing")
    func strangers() throws {
        var events = Self.events()
        try events.take(Self.message(Self.put("a/b", 11), revision: 11))
        #expect(events.count(of: CalicoResource.all[Self.sets]) == 1)
        try events.take(Self.message(Self.deletion("a/b", 12), revision: 12))
        #expect(events.count(of: CalicoResource.all[Self.sets]) == 0)
    }

    @Test(
        "Whether it is the cluster that was read",
        arguments: [
            (7, 2, 10, true), (7, 3, 11, true), (7, 2, 9, false), (7, 1, 99, false),
            (8, 2, 10, false),
        ])
    func positions(cluster: Int, term: Int, revision: Int, isSame: Bool) throws {
        let header = try JSONDecoder().decode(
            EtcdHeader.self,
            from: Data(
                #"{"cluster_id":"\#(cluster)","revision":\#(revision),"raft_term":"\#(term)"}"#.utf8
            ))
        let advanced = Self.events().reading.position.advanced(to: header)
        #expect((advanced != nil) == isSame)
        if isSame { #expect(advanced?.revision == Int64(revision)) }
    }
}
