// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Dispatch
import Synchronization

/// Waits for what is asynchronous in commands that do one thing after the other.
enum Waiting {
    /// Does the work on other threads and blocks this one, which must not be one of them, until it has
    /// ended.
    ///
    /// - Throws: what the work throws.
    static func result<Value: Sendable>(
        of work: @escaping @Sendable () async throws -> Value
    ) throws -> Value {
        let outcome = Outcome<Value>()
        let end = DispatchSemaphore(value: 0)
        Task.detached {
            let result: Result<Value, any Error>
            do { result = .success(try await work()) } catch { result = .failure(error) }
            outcome.result.withLock { $0 = result }
            end.signal()
        }
        end.wait()
        return try outcome.result.withLock { $0! }.get()
    }

    /// What came of the work; nil until it has ended.
    private final class Outcome<Value: Sendable>: Sendable {
        let result = Mutex<Result<Value, any Error>?>(nil)
    }
}
