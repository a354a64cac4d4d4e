// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc

/// A thread of the operating system, for work that must not run on a thread of Swift's pool:
/// it blocks for long, or it changes the thread's own state, such as its network namespace.
struct PosixThread: Sendable {
    private let identifier: pthread_t

    /// Starts a thread. Whoever starts it joins it.
    ///
    /// - Throws: `LabError` when the system has no more threads to give.
    init(_ body: @escaping @Sendable () -> Void) throws(LabError) {
        try self.init(start: Start(body))
    }

    /// Waits until the thread has ended.
    func join() {
        pthread_join(identifier, nil)
    }

    /// Runs `body` on a thread of its own and waits for its end.
    ///
    /// The caller stands still meanwhile, so `body` may use whatever the caller may use.
    ///
    /// - Throws: `LabError` when the system has no more threads to give.
    static func runAndWait(_ body: () -> Void) throws(LabError) {
        let failure: LabError? = withoutActuallyEscaping(body) { body in
            do throws(LabError) {
                try PosixThread(start: Start(body)).join()
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
    }

    /// What a new thread has to do, in a form that passes through a C pointer.
    private final class Start {
        let body: () -> Void

        init(_ body: @escaping () -> Void) {
            self.body = body
        }
    }

    private init(start: Start) throws(LabError) {
        let context = Unmanaged.passRetained(start)
        var identifier = pthread_t()
        let errorNumber = pthread_create(
            &identifier, nil,
            { context in
                Unmanaged<Start>.fromOpaque(context!).takeRetainedValue().body()
                return nil
            }, context.toOpaque())
        guard errorNumber == 0 else {
            context.release()
            throw LabError(operation: "pthread_create", object: "", errorNumber: errorNumber)
        }
        self.identifier = identifier
    }
}
