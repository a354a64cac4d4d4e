// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation

/// A directory with a file for each pod. Files come whole, under their name at once, or not at all.
struct PodDirectory: Sendable {
    let path: String

    /// What is being written; no pod's file has such a name.
    private static let draft = ".sluice-new"

    private func path(of name: String) -> String { "\(path)/\(name)" }

    /// Writes a pod's file in place of the one that it has.
    func write(
        _ pod: PodInForce, generation: UInt32?, time: Date
    ) throws(PodDirectoryError) {
        guard let name = pod.fileName else {
            throw PodDirectoryError(
                operation: "write", path: "\(path)/\(LineText.printable("\(pod.id)"))",
                cause: "the pod's namespace and name do not make the name of a file",
                remedy: "the pod is governed without one; give it a shorter name")
        }
        let draft = path(of: Self.draft)
        do {
            unlink(draft)
            // Not through a link that somebody has put there.
            try pod.content(generation: generation, time: time).write(
                to: URL(fileURLWithPath: draft), options: .withoutOverwriting)
        } catch {
            let cause = Self.cause(error)
            unlink(draft)
            throw PodDirectoryError(operation: "write", path: path(of: name), cause: cause)
        }
        guard rename(draft, path(of: name)) == 0 else {
            let cause = String(cString: strerror(errno))
            unlink(draft)
            throw PodDirectoryError(operation: "write", path: path(of: name), cause: cause)
        }
    }

    /// Removes a pod's file, if it is there.
    func remove(_ pod: PodInForce) throws(PodDirectoryError) {
        if let name = pod.fileName { try remove(name) }
    }

    private func remove(_ name: String) throws(PodDirectoryError) {
        guard unlink(path(of: name)) != 0, errno != ENOENT else { return }
        throw PodDirectoryError(
            operation: "remove", path: path(of: name), cause: String(cString: strerror(errno)))
    }

    /// Removes the files that may be of pods and have none of these names.
    ///
    /// - Returns: the names of those that stay.
    func removeStrangers(besides names: Set<String>) throws(PodDirectoryError) -> Set<String> {
        let found: [String]
        do {
            found = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw PodDirectoryError(operation: "list", path: path, cause: Self.cause(error))
        }
        for name in found where PodInForce.isFileName(name) && !names.contains(name) {
            try remove(name)
        }
        return names.intersection(found)
    }

    private static func cause(_ error: any Error) -> String {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? any Error
        let system = underlying.map { $0 as NSError } ?? error as NSError
        return system.domain == NSPOSIXErrorDomain
            ? String(cString: strerror(Int32(system.code))) : "\(error.localizedDescription)"
    }
}

/// A pod's file is not as it has to be.
struct PodDirectoryError: Error, CustomStringConvertible {
    /// What was tried.
    var operation: String
    /// On what.
    var path: String
    /// Why it failed.
    var cause: String
    /// What to do about it.
    var remedy =
        "it is tried again every few seconds; see that the directory exists, is writable and has room"

    var description: String { "cannot \(operation) \(path): \(cause); \(remedy)" }
}
