// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import Glibc
import Synchronization

/// A thread with mounts of its own, which are gone with it.
enum MountNamespace {
    /// Whether this process may make one.
    static let isPossible: Bool = {
        do {
            try run {}
            return true
        } catch {
            return false
        }
    }()

    /// Runs something where mounts are nobody else's.
    static func run(_ body: @escaping @Sendable () throws -> Void) throws {
        let failure = Mutex<(any Error)?>(nil)
        let done = DispatchSemaphore(value: 0)
        let thread = Thread {
            do {
                // CLONE_NEWNS, which parts the thread from the others; MS_REC | MS_PRIVATE.
                try check(unshare(0x0002_0000))
                try check(mountAt("none", "/", nil, 0x4000 | 0x40000, nil))
                try body()
            } catch {
                failure.withLock { $0 = error }
            }
            done.signal()
        }
        thread.stackSize = 8 << 20
        thread.start()
        done.wait()
        if let error = failure.withLock({ $0 }) { throw error }
    }

    /// Mounts an empty file system in memory.
    ///
    /// - Parameter options: Such as `size=1m`.
    static func mount(_ path: String, options: String = "") throws {
        try check(options.withCString { mountAt("tmpfs", path, "tmpfs", 0, $0) })
    }

    /// Makes a directory appear at another path as well.
    static func bind(_ source: String, to path: String) throws {
        try check(mountAt(source, path, nil, 0x1000, nil))
    }

    /// Unmounts, even if something is in use (`MNT_DETACH`).
    static func unmount(_ path: String, detaches: Bool = false) throws {
        try check(unmountAt(path, detaches ? 2 : 0))
    }

    private static func check(_ result: Int32) throws {
        guard result == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    }
}

// Functions of the C library that Swift's view of it leaves out.
private let unshare = unsafeBitCast(
    dlsym(nil, "unshare"), to: (@convention(c) (Int32) -> Int32).self)
private let mountAt = unsafeBitCast(
    dlsym(nil, "mount"),
    to: (@convention(c) (
        UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafePointer<CChar>?, UInt, UnsafeRawPointer?
    ) -> Int32).self)
private let unmountAt = unsafeBitCast(
    dlsym(nil, "umount2"), to: (@convention(c) (UnsafePointer<CChar>, Int32) -> Int32).self)
