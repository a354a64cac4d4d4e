// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import Testing

@testable import PolicyTestKit

@Suite(.needsLab)
struct StaleNamespaceTests {
    /// A number that no process can have: beyond the kernel's largest limit, 2 to the power of 22.
    private static let deadProcess = 4_999_999

    @Test func aSweepRemovesWhatADeadProcessLeftAndNothingElse() throws {
        let stale = "sluice-\(Self.deadProcess)-1-pod-1"
        let foreign = "other-\(Self.deadProcess)-1-pod-1"
        let living = try NetworkNamespace("living")
        for name in [stale, foreign] {
            try ChildProcess(arguments: ["ip", "netns", "add", name]).run()
        }
        defer { _ = try? ChildProcess(arguments: ["ip", "netns", "delete", foreign]).run() }

        StaleNamespaces.sweep()

        let names = namespacesNow()
        #expect(!names.contains(stale))
        #expect(names.contains(foreign))
        #expect(names.contains(living.name))
    }

    @Test func ownersAreReadFromNames() {
        #expect(StaleNamespaces.owner(of: "sluice-17-3-pod-1") == 17)
        #expect(StaleNamespaces.owner(of: "sluice-17-3-") == 17)
        for foreign in [
            "sluice-17", "sluice-x-3-pod", "sluice--3-pod", "sluice-0-3-pod", "a-1-2-b",
        ] {
            #expect(StaleNamespaces.owner(of: foreign) == nil)
        }
    }

    @Test func namesAreUniqueAndSayWhoOwnsThem() throws {
        let first = try NetworkNamespace("shop/cart")
        let second = try NetworkNamespace("shop/cart")
        #expect(first.name != second.name)
        #expect(first.name.hasSuffix("-shop.cart"))
        #expect(StaleNamespaces.owner(of: first.name) == getpid())
    }
}
