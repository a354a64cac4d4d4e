// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import CNetfilter
import Glibc

/// A network namespace: its own interfaces, routes and ruleset.
///
/// The kernel keeps the namespace of each thread. To enter another one, work runs on a thread of
/// its own, which ends with it: the threads that run Swift's tasks never leave theirs.
public struct NetworkNamespace: Hashable, Sendable {
    private enum Place: Hashable, Sendable {
        case path(String)
        case new
    }

    private let place: Place

    /// The namespace at a path such as `/run/netns/pod` or `/proc/4711/ns/net`.
    public init(path: String) { place = .path(path) }

    private init(_ place: Place) { self.place = place }

    /// An empty namespace, made for each ``run(_:)``; it ends with the thread unless something,
    /// such as a socket or a process, still belongs to it.
    public static let new = NetworkNamespace(.new)

    /// Runs `body` in the namespace on a thread of its own and waits until it is done.
    ///
    /// Sockets and processes that it makes stay in the namespace.
    ///
    /// - Throws: ``NetlinkError/system(attempt:_:)`` if the namespace cannot be entered.
    public func run<Value>(_ body: () -> Value) throws(NetlinkError) -> Value {
        try withoutActuallyEscaping(body) { body throws(NetlinkError) in
            let work = Work { () -> Result<Value, NetlinkError> in
                if let failure = enter() { return .failure(failure) }
                return .success(body())
            }
            var thread = pthread_t()
            let context = Unmanaged.passRetained(work as Runnable)
            let failure = pthread_create(
                &thread, nil,
                { context in
                    Unmanaged<Runnable>.fromOpaque(context!).takeRetainedValue().run()
                    return nil
                }, context.toOpaque())
            guard failure == 0 else {
                context.release()
                throw .system(attempt: "start a thread", ErrorNumber(rawValue: failure))
            }
            pthread_join(thread, nil)
            return try work.result!.get()
        }
    }

    /// Moves the calling thread into the namespace; gives the reason if it cannot.
    private func enter() -> NetlinkError? {
        let kind = Int32(SLUICE_CLONE_NEWNET)
        guard case .path(let path) = place else {
            return unshare(kind) == 0
                ? nil : .system(attempt: "make a network namespace", .current)
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        defer { if descriptor >= 0 { close(descriptor) } }
        return descriptor >= 0 && setns(descriptor, kind) == 0
            ? nil : .system(attempt: "enter network namespace \(path)", .current)
    }
}

/// What a thread runs, with its type hidden from C.
private class Runnable {
    func run() {}
}

/// A function and, when it has run, its result.
private final class Work<Value>: Runnable {
    private let body: () -> Value
    private(set) var result: Value?

    init(_ body: @escaping () -> Value) { self.body = body }

    override func run() { result = body() }
}
