// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Synchronization

/// What the server was asked.
public final class RequestLog: Sendable {
    private let requests = Mutex<[APIRequest]>([])

    /// All requests in their order.
    public var all: [APIRequest] { requests.withLock { $0 } }

    /// How many there were of a verb and a resource; nil stands for all.
    public func count(_ verb: String? = nil, _ resource: String? = nil) -> Int {
        requests.withLock { requests in
            requests.count {
                (verb ?? $0.verb) == $0.verb && (resource ?? $0.resource) == $0.resource
            }
        }
    }

    func record(_ request: APIRequest) { requests.withLock { $0.append(request) } }
}
