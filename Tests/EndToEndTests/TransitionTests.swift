// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel
import Testing

@testable import PolicyTestKit

/// What packets meet while one ruleset takes another's place.
@Suite(.needsNamespaces, .serialized)
struct TransitionTests {
    private static let transitions = 400

    /// Ways to deny what the packets of these tests ask for, and to allow something else or not:
    /// as updates of one policy, and as another policy in its place. Ingress denies in all of them:
    /// a packet's two lookups are not one to the kernel, so that where the sender's policies take
    /// over from the receiver's, it may meet the old ones of the one and the new ones of the other.
    private static let denials: [[Policy]] = [
        [.forApp("web", name: "one", ingress: [])],
        [.forApp("web", name: "two", ingress: [])],
        [.forApp("web", name: "one", ingress: [.allow(.app("front"), .tcp(443))])],
        [
            .forApp(
                "web", name: "one", ingress: [.allow(.blocks("203.0.113.0/24", "2001:db8::/32"))])
        ],
        [.isolating("web"), .isolating("front")],
        [
            .forApp("web", name: "one", ingress: []),
            .forApp("web", name: "two", ingress: [.allow(.app("web")), .allow(.anyone, .udp(53))]),
        ],
    ]

    /// Ways to allow it.
    private static let permissions: [[Policy]] = [
        [.forApp("web", name: "one", ingress: [.allow()])],
        [.forApp("web", name: "two", ingress: [.allow(.app("front"), .tcp(80), .udp(80))])],
        [.forApp("web", name: "one", ingress: [.allow(.blocks("10.0.0.0/24", "fd00::/64"))])],
        [.forApp("front", name: "one", egress: [.allow(.app("web"))])],
        [
            .forApp("web", name: "one", ingress: []),
            .forApp("web", name: "two", ingress: [.allow(.anyone, .tcp(80), .udp(80))]),
            .forApp("front", name: "one", egress: [.allow(.app("web"), .tcp(80), .udp(80))]),
        ],
        [],
    ]

    @Test("S13: between two rulesets that both deny, no packet gets through")
    func denialsLeaveNoGap() throws {
        let policed = try PolicedLab()
        try policed.enforce(Self.denials[0])
        let storm = try PacketStorm(in: policed)
        let arrivals = try storm.whileBlowing(awaitsArrival: false) {
            for step in 1...Self.transitions {
                try policed.enforce(Self.denials[step % Self.denials.count])
            }
        }
        print("\(Self.transitions) transitions, \(arrivals.sent) packets denied meanwhile")
        #expect(arrivals.sent > Self.transitions)
        #expect(arrivals.arrived == 0, "of \(arrivals.sent) packets")
    }

    @Test("S13: between two rulesets that both allow, no packet is lost")
    func permissionsLeaveNoGap() throws {
        let policed = try PolicedLab()
        try policed.enforce(Self.permissions[0])
        let storm = try PacketStorm(in: policed)
        let arrivals = try storm.whileBlowing(awaitsArrival: true) {
            for step in 1...Self.transitions {
                try policed.enforce(Self.permissions[step % Self.permissions.count])
            }
        }
        print("\(Self.transitions) transitions, \(arrivals.sent) packets allowed meanwhile")
        #expect(arrivals.sent > Self.transitions)
        #expect(arrivals.arrived == arrivals.sent)
    }

    @Test("S13: a gap between two rulesets would be noticed by these tests")
    func gapsAreNoticed() throws {
        let policed = try PolicedLab()
        try policed.enforce(Self.denials[0])
        let storm = try PacketStorm(in: policed)
        let arrivals = try storm.whileBlowing(awaitsArrival: false) {
            for step in 1...Self.transitions {
                try policed.reset()
                try policed.enforce(Self.denials[step % Self.denials.count])
            }
        }
        #expect(arrivals.arrived > 0, "of \(arrivals.sent) packets")
    }
}
