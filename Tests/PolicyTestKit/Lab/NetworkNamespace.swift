// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc
import Synchronization

/// A network namespace of the test kit, removed with the last reference to it.
///
/// Its name, `sluice-<pid>-<counter>-<name>`, is unique among all test processes and tells which
/// process owns it, so that a later run can remove what a killed run has left.
public final class NetworkNamespace: Sendable {
    /// The name under which `ip netns` knows the namespace.
    public let name: String

    private let isRemoved = Mutex(false)
    private static let counter = Atomic(0)

    /// Where `ip netns` keeps its namespaces.
    static let folder = "/run/netns"

    /// Makes a namespace with nothing in it but a loopback interface that is down.
    ///
    /// - Parameter label: the last part of the name, for people; `/` becomes `.`.
    /// - Throws: `LabError` when the system refuses, most often because this is not root.
    public init(_ label: String) throws(LabError) {
        StaleNamespaces.sweptAtFirstUse
        let count = Self.counter.add(1, ordering: .relaxed).newValue
        let label = label.split(separator: "/").joined(separator: ".")
        name = "sluice-\(getpid())-\(count)-\(label)"
        try ChildProcess(arguments: ["ip", "netns", "add", name]).run()
    }

    deinit {
        try? remove()
    }

    /// Runs `body` on a thread of its own inside the namespace and waits for its end.
    ///
    /// Sockets that `body` opens stay in the namespace wherever they are used later. Files of
    /// `/proc/sys/net` are those of the namespace; those of the namespace's `/proc/net` are found
    /// at `/proc/thread-self/net`.
    ///
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws, or `LabError` when the namespace is gone.
    public func run<Value>(_ body: () throws -> Value) throws -> Value {
        var result: Result<Value, any Error>?
        try PosixThread.runAndWait {
            result = Result {
                try enter()
                return try body()
            }
        }
        return try result!.get()
    }

    /// Runs a command inside the namespace and waits for its end.
    ///
    /// It sees the whole file system as the caller does, `/sys` included.
    ///
    /// - Parameters:
    ///   - arguments: the command, looked up in `PATH`, and its arguments.
    ///   - input: what it reads from standard input.
    /// - Returns: what it wrote to standard output.
    /// - Throws: `LabError` when it cannot be started or does not end with status 0; the reason
    ///   then is what it wrote to standard error.
    @discardableResult
    public func execute(_ arguments: [String], input: String = "") throws -> String {
        try run { try ChildProcess(arguments: arguments, input: input).run() }
    }

    /// Removes the namespace; once removed, does nothing.
    ///
    /// The system takes it down when the last socket and process in it are gone.
    ///
    /// - Throws: `LabError` when the system refuses.
    public func remove() throws {
        try isRemoved.withLock { isRemoved in
            guard !isRemoved else { return }
            try ChildProcess(arguments: ["ip", "netns", "delete", name]).run()
            isRemoved = true
        }
    }

    /// Moves the calling thread into the namespace for the rest of its life.
    private func enter() throws(LabError) {
        let path = "\(Self.folder)/\(name)"
        let file = try systemCall("open", on: path) { open(path, O_RDONLY | O_CLOEXEC) }
        defer { close(file) }
        try systemCall("setns", on: path) { setNamespace(file, cloneNewNetwork) }
    }
}

/// The kind of namespace that `setns` is to expect: `CLONE_NEWNET`.
private let cloneNewNetwork: Int32 = 0x4000_0000

/// `setns` of the C library, which Swift's view of the library leaves out.
private let setNamespace = unsafeBitCast(
    dlsym(nil, "setns"), to: (@convention(c) (Int32, Int32) -> Int32).self)
