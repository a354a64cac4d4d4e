// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation

/// What a page of a list says besides its objects.
struct ListPage: Hashable, Sendable {
    /// The version of the cluster that the list shows.
    var version: String
    /// What to ask the next page with; nil after the last.
    var next: String?

    private struct Body: Decodable {
        struct Metadata: Decodable {
            var resourceVersion: String?
            var `continue`: String?
        }
        var metadata: Metadata?
    }

    /// A page of these parts.
    init(version: String, next: String?) {
        self.version = version
        self.next = next
    }

    /// Reads the text of a list without its items; nil if it is none, or has no version.
    init?(_ rest: [UInt8]) {
        guard let body = try? JSONDecoder().decode(Body.self, from: Data(rest)),
            let version = body.metadata?.resourceVersion, !version.isEmpty
        else { return nil }
        self.version = version
        let next = body.metadata?.continue
        self.next = next == "" ? nil : next
    }
}
