// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import Glibc
import PolicyDocuments

/// Which file or directory of which file system something is.
struct FileIdentity: Hashable {
    var device: UInt64
    var inode: UInt64
}

/// What tells a file's content from another one's without reading it.
struct FileSignature: Hashable {
    var identity: FileIdentity
    /// In bytes.
    var size: Int64
    /// Nanoseconds since 1970, as are those of the status change. Only compared for equality, so
    /// that clocks that jump do no harm.
    var modified: Int64
    var changed: Int64

    fileprivate init(_ status: stat) {
        identity = FileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
        size = Int64(status.st_size)
        modified = Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
        changed = Int64(status.st_ctim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_ctim.tv_nsec)
    }
}

/// What stands at a path, links followed.
enum FileStatus {
    /// Nothing.
    case missing
    /// A link that leads nowhere, or in a circle.
    case dangling
    case directory(FileIdentity)
    case regular(FileSignature, isLink: Bool)
    /// A device, a pipe, a socket.
    case special
    /// It cannot be known: why.
    case unknown(String)

    init(at path: String) {
        var own = stat()
        guard lstat(path, &own) == 0 else {
            self = errno == ENOENT || errno == ENOTDIR ? .missing : .unknown(Self.reason(errno))
            return
        }
        let isLink = own.st_mode & S_IFMT == S_IFLNK
        var status = own
        if isLink, stat(path, &status) != 0 {
            self =
                errno == ENOENT || errno == ENOTDIR || errno == ELOOP
                ? .dangling : .unknown(Self.reason(errno))
            return
        }
        let signature = FileSignature(status)
        switch status.st_mode & S_IFMT {
        case S_IFDIR: self = .directory(signature.identity)
        case S_IFREG: self = .regular(signature, isLink: isLink)
        default: self = .special
        }
    }

    /// Whether the path itself is a link.
    static func isLink(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }

    /// How many names a regular file has; nil for anything else.
    static func nameCount(_ path: String) -> Int? {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(status.st_nlink)
    }

    /// The names in a directory, in no order, or why they cannot be listed.
    static func names(in path: String) -> Result<[String], FileAccessError> {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return .failure(FileAccessError(reason: reason(errno))) }
        close(descriptor)
        do {
            return .success(try FileManager.default.contentsOfDirectory(atPath: path))
        } catch {
            return .failure(FileAccessError(reason: ManifestFiles.reason(error)))
        }
    }

    /// The content of a regular file, and the signature it had before it was read: nil if it has
    /// changed meanwhile, or so lately that another change could leave the signature as it is.
    static func content(
        of path: String
    ) -> Result<(bytes: [UInt8], signature: FileSignature?), FileAccessError> {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return .failure(FileAccessError(reason: reason(errno))) }
        defer { close(descriptor) }
        var before = stat()
        guard fstat(descriptor, &before) == 0 else {
            return .failure(FileAccessError(reason: reason(errno)))
        }
        guard before.st_mode & S_IFMT == S_IFREG else {
            return .failure(FileAccessError(reason: "is not a regular file"))
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(Int(before.st_size), Source.maximumSize) + 1)
        var chunk = [UInt8](repeating: 0, count: min(max(Int(before.st_size) + 1, 4096), 1 << 20))
        while bytes.count <= Source.maximumSize {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return .failure(FileAccessError(reason: reason(errno))) }
            if count == 0 { break }
            bytes += chunk.prefix(count)
        }
        var after = stat()
        let signature = FileSignature(before)
        guard fstat(descriptor, &after) == 0, FileSignature(after) == signature else {
            return .success((bytes, nil))
        }
        return .success((bytes, isFresh(signature) ? nil : signature))
    }

    /// Whether a file was changed within the granularity of its file system's times, or may have
    /// been. A clock that jumps only causes a file to be read once more.
    private static func isFresh(_ signature: FileSignature) -> Bool {
        var now = timespec()
        guard clock_gettime(CLOCK_REALTIME, &now) == 0 else { return true }
        let age = Int64(now.tv_sec) &* 1_000_000_000 &+ Int64(now.tv_nsec) &- signature.changed
        return age.magnitude < 20_000_000
    }

    private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}

/// Why a file or directory could not be read.
struct FileAccessError: Error {
    var reason: String
}
