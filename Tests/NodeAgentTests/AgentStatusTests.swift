// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import NodeAgent
import Testing

@Suite struct AgentStatusTests {
    @Test("a status survives the way through JSON")
    func roundTrip() throws {
        var status = AgentStatus(node: "node-a", started: Date(timeIntervalSince1970: 1_000))
        status.problems = ["policies.yaml:3: wrong"]
        let data = try JSONEncoder().encode(status)
        #expect(try JSONDecoder().decode(AgentStatus.self, from: data) == status)
    }
}
