// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Synchronization

/// The faults that requests to come will meet.
public final class FaultQueue: Sendable {
    private struct Entry {
        var fault: APIFault
        var scope: APIFaultScope
        var times: Int
    }

    private let entries = Mutex<[Entry]>([])
    private let met = Mutex(0)

    /// Has the next requests within a scope meet a fault.
    public func inject(
        _ fault: APIFault, times: Int = 1, on scope: APIFaultScope = .every
    ) {
        entries.withLock { $0.append(Entry(fault: fault, scope: scope, times: times)) }
    }

    /// Takes all faults back that were not met yet.
    public func clear() { entries.withLock { $0 = [] } }

    /// How many requests have met a fault.
    public var count: Int { met.withLock { $0 } }

    /// How many faults wait for requests.
    public var waiting: Int { entries.withLock { $0.reduce(0) { $0 + $1.times } } }

    /// The fault that a request meets.
    func next(for request: APIRequest) -> APIFault? {
        let fault: APIFault? = entries.withLock { entries in
            let position = entries.firstIndex { entry in
                (entry.scope.verb ?? request.verb) == request.verb
                    && (entry.scope.resource ?? request.resource) == request.resource
                    && request.path.hasPrefix(entry.scope.path)
            }
            guard let position else { return nil }
            entries[position].times -= 1
            let fault = entries[position].fault
            if entries[position].times <= 0 { entries.remove(at: position) }
            return fault
        }
        if fault != nil { met.withLock { $0 += 1 } }
        return fault
    }
}
