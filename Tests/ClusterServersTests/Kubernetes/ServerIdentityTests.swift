// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Testing

@testable import ClusterServers

@Suite struct ServerIdentityTests {
    @Test(
        "Names in certificates cover a server's name",
        arguments: [
            ("api.example", "api.example", true), ("API.Example.", "api.example", true),
            ("api.example", "*.example", true), ("a.api.example", "*.example", false),
            ("example", "*.example", false), (".example", "*.example", false),
            ("api.example", "*", false), ("api.example", "a*.example", false),
            ("api.example", "example", false), ("api.example", "", false), ("", "", false),
            ("192.0.2.1", "192.0.2.1", false), ("192.0.2.1", "*.0.2.1", false),
        ])
    func names(name: String, other: String, isCovered: Bool) {
        #expect(ServerIdentity(name).covers(other) == isCovered)
    }
}
