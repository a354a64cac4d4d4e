// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// How long is waited for what.
struct EtcdTiming: Sendable {
    /// For the connection to a server.
    var connect = Duration.seconds(5)
    /// For an answer, and for a page of values.
    var answer = Duration.seconds(20)
    /// Between two questions whether the server is still there and has a leader.
    var probe = Duration.seconds(10)
    /// How long a watch may tell nothing while the cluster goes on, before it is compared with what
    /// the server has.
    var audit = Duration.seconds(300)
    /// How long events may be under way that such a comparison has overtaken.
    var grace = Duration.seconds(2)
    /// How long a watch must have worked for the next failure to count as the first.
    var stable = Duration.seconds(10)
    /// Between two attempts to read what the user may not read.
    var permission = Duration.seconds(30)
    /// How many values are asked for at a time.
    var pageSize = 500
}

/// Does something, but not longer than this.
///
/// - Throws: What `late` makes, if the time is over.
func within<Value: Sendable>(
    _ limit: Duration, orThrow late: EtcdError, _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask { try await work() }
        group.addTask {
            try await Task.sleep(for: limit)
            throw late
        }
        defer { group.cancelAll() }
        guard let value = try await group.next() else { throw late }
        return value
    }
}
