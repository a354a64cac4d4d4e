// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc

/// Why the lab could not do something: which operation, on what, and what the system said.
public struct LabError: Error, Hashable, CustomStringConvertible {
    /// The operation that failed, such as `bind` or `ip -batch`.
    public let operation: String

    /// What it was done to: a namespace, an address, a command.
    public let object: String

    /// The system's words: the text of `errno`, or what a command wrote as its error.
    public let reason: String

    /// An error with a reason in words.
    public init(operation: String, object: String, reason: String) {
        self.operation = operation
        self.object = object
        self.reason = reason
    }

    /// An error with a reason from the system.
    ///
    /// - Parameter errorNumber: a value of `errno`.
    public init(operation: String, object: String, errorNumber: Int32) {
        self.init(
            operation: operation, object: object, reason: String(cString: strerror(errorNumber)))
    }

    /// All three on one line.
    public var description: String { "\(operation) \(object): \(reason)" }
}

/// Makes a system call that tells of failure by a negative number and `errno`.
///
/// - Returns: what the call returned, never negative.
/// - Throws: `LabError` with the text of `errno`.
@discardableResult
func systemCall(
    _ operation: String, on object: @autoclosure () -> String, _ call: () -> Int32
) throws(LabError) -> Int32 {
    let result = call()
    guard result >= 0 else {
        let errorNumber = errno
        throw LabError(operation: operation, object: object(), errorNumber: errorNumber)
    }
    return result
}
