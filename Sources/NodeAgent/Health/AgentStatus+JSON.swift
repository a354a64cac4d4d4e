// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation

extension AgentStatus {
    /// The status as JSON: dates as ISO 8601 with whole seconds, members in order of name.
    public func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self) + Data("\n".utf8)
    }

    /// Reads what ``json()`` gives.
    public init(json: Data) throws {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        self = try decoder.decode(AgentStatus.self, from: json)
    }
}
