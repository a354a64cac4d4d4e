// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import PolicyTestKit

/// Somebody who has everything go wrong that can go wrong with a server, as a seed determines.
public struct Mischief: Sendable {
    let server: APIServer
    private var random: SeededGenerator
    /// How often each kind of mischief was done.
    public private(set) var deeds: [String: Int] = [:]
    /// A custom resource that is taken away for a while.
    private var missing: APIResource?

    /// Lines that come in the middle of a watch and are no events.
    private static let nonsense = [
        #"{"type":"ADDED","object":{"metadata":7}}"#,
        #"{"type":"MODIFIED","object":{"kind":"Pod","apiVersion":"v1","metadata":{}}}"#,
        #"{"type":"MODIFIED"}"#, #"{"type":"SOMETHING","object":{}}"#, #"{"type":"ADDED","obj"#,
        "not JSON", #"[]"#, "",
        #"{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","metadata":{},"#
            + #""status":"Failure","message":"etcdserver: leader changed","#
            + #""reason":"InternalError","code":500}}"#,
    ]

    /// Items that come in the middle of a list and are no objects.
    private static let items = [
        #"{"metadata":7}"#, #"{}"#, #"[]"#,
        #"{"metadata":{"name":"odd","namespace":"odd","resourceVersion":"1"},"spec":7}"#,
        #"{"metadata":{"name":"odd","namespace":"odd","labels":{"a":7}},"spec":{"nodeName":[]}}"#,
    ]

    /// Where clients find the token that is accepted; nil if the server asks for none.
    private let tokenFile: String?
    private var tokens = 0

    /// For a server, with the seed that determines all.
    ///
    /// - Parameter tokenFile: where clients find their token, which changes now and then; nil for a
    ///   server that asks for none.
    public init(for server: APIServer, seed: UInt64, tokenFile: String? = nil) throws {
        self.server = server
        self.tokenFile = tokenFile
        random = SeededGenerator(seed: seed)
        try rotateToken()
    }

    /// Makes another token the only one that is accepted.
    private mutating func rotateToken() throws {
        guard let tokenFile else { return }
        server.access.revoke(token: "token-\(tokens)")
        tokens += 1
        server.access.accept(token: "token-\(tokens)")
        try "token-\(tokens)\n".write(toFile: tokenFile, atomically: true, encoding: .utf8)
    }

    /// Does something. Most of it comes to an end by itself; ``end()`` ends the rest.
    ///
    /// - Returns: what was done.
    public mutating func act() async throws -> String {
        let deed: String
        switch random.number(in: 0...9) {
        case 0...3: deed = spoilRequests()
        case 4...6: deed = disturbWatches()
        case 7: deed = changeBehaviour()
        case 8: deed = try limitAccess()
        default: deed = try await goAway()
        }
        deeds[deed, default: 0] += 1
        return deed
    }

    /// Has everything be well from now on. All connections are closed and all history is gone, so that
    /// clients forget what they have heard of nonsense.
    public mutating func end() async throws {
        server.faults.clear()
        server.access.allowAll()
        server.behave { behaviour in
            behaviour = APIBehaviour()
            behaviour.bookmarkInterval = 100
        }
        if let missing { server.install(missing) }
        missing = nil
        server.compact()
        try await server.pause()
        try await server.resume()
    }

    private mutating func spoilRequests() -> String {
        let scope = random.pick([APIFaultScope.every, .lists, .watches])
        let times = random.number(in: 1...4)
        let number = random.number(in: 0...7)
        switch number {
        case 0: inject(.answer(429, retryAfter: random.number(in: 0...1)), times, scope)
        case 1: inject(.answer(random.pick([500, 502, 503, 504])), times, scope)
        case 2: inject(.drop, times, scope)
        case 3: inject(.hang, 1, scope)
        case 4: inject(.cut(after: random.number(in: 0...4_000)), times, scope)
        case 5: inject(.truncate(to: random.number(in: 0...2_000)), times, .lists)
        case 6: inject(.slow(piece: random.number(in: 50...2_000), milliseconds: 2), times, scope)
        default: inject(.item(random.pick(Self.items)), times, .lists)
        }
        return ["429", "5xx", "drop", "hang", "cut", "truncate", "slow", "item"][number]
    }

    private func inject(_ fault: APIFault, _ times: Int, _ scope: APIFaultScope) {
        server.faults.inject(fault, times: times, on: scope)
    }

    private mutating func disturbWatches() -> String {
        let resource = random.pick([
            nil, "pods", "namespaces", "networkpolicies.networking.k8s.io",
            "networkpolicies.crd.projectcalico.org",
        ])
        let number = random.number(in: 0...7)
        switch number {
        case 0: server.disturb(.end, resource)
        case 1: server.disturb(.close, resource)
        case 2: server.disturb(.cut, resource)
        case 3: server.disturb(.freeze, resource)
        case 4: server.disturb(.expire, resource)
        case 5: server.disturb(.send(random.pick(Self.nonsense)), resource)
        case 6: server.disturb(.replay(random.number(in: 1...20)), resource)
        default:
            server.compact()
            server.disturb(.close, resource)
        }
        return [
            "end", "close", "cut watch", "freeze", "expire", "nonsense", "replay", "compact",
        ][number]
    }

    private mutating func changeBehaviour() -> String {
        var behaviour = APIBehaviour()
        behaviour.streamingLists = random.pick(APIBehaviour.StreamingLists.allCases)
        behaviour.refusesOldWatches = random.chance(50)
        behaviour.bookmarkInterval = random.pick([nil, 20, 200])
        behaviour.historyLength = random.pick([1, 20, 1_000])
        behaviour.clockSkew = random.pick([0, -90_000, 90_000])
        behaviour.repeatsEvents = random.chance(30)
        let next = behaviour
        server.behave { $0 = next }
        return "behaviour"
    }

    private mutating func limitAccess() throws -> String {
        if tokenFile != nil, random.chance(30) {
            try rotateToken()
            return "token"
        }
        if let resource = missing {
            server.install(resource)
            missing = nil
            return "definition back"
        }
        if random.chance(40) {
            let names = ["globalnetworksets", "networkpolicies", "tiers"]
            let name = random.pick(names)
            missing = [APIResource].calico.first { $0.plural == name }
            if let missing { server.remove(missing) }
            return "definition gone"
        }
        if random.chance(50) {
            server.access.allowAll()
            return "allowed"
        }
        server.access.refuse(
            random.pick(["list", "watch"]), random.pick(["pods", "nodes", nil]))
        return "forbidden"
    }

    private mutating func goAway() async throws -> String {
        let absence = Duration.milliseconds(random.number(in: 0...300))
        if random.chance(30) {
            server.behave { $0.ignoresConnections = true }
            server.disturb(.close)
            try await Task.sleep(for: absence)
            server.behave { $0.ignoresConnections = false }
            return "ignored"
        }
        try await server.pause()
        try await Task.sleep(for: absence)
        try await server.resume()
        return "away"
    }
}
