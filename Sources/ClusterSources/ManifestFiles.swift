// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import PolicyDocuments

/// Reads manifests from files, directories and standard input.
public struct ManifestFiles {
    /// The path that stands for standard input.
    public static let standardInput = "-"

    /// In the order of the paths given; within a directory in order of name.
    public private(set) var sources: [Source] = []
    /// What could not be read. As long as there are any, nobody may take the sources for all that
    /// there is.
    public private(set) var problems: [FileProblem] = []

    /// What standard input is called in messages.
    public let standardInputName = "<stdin>"

    static let extensions: Set<String> = ["yaml", "yml", "json"]
    private let files = FileManager.default
    /// The directories read so far, without links in their paths.
    private var visited: Set<String> = []

    /// Reads each path: a file whatever its name, a directory with all its `.yaml`, `.yml` and
    /// `.json` files at any depth (hidden ones left out: mounted ConfigMaps keep old versions
    /// there), or `-`.
    public init(reading paths: [String]) {
        for path in paths { read(path) }
    }

    private mutating func read(_ path: String) {
        if path == Self.standardInput {
            readStandardInput()
            return
        }
        var isDirectory: ObjCBool = false
        guard files.fileExists(atPath: path, isDirectory: &isDirectory) else {
            problem(path, "does not exist", remedy: "check the path given with --filename")
            return
        }
        guard isDirectory.boolValue else {
            readFile(path)
            return
        }
        let known = (sources.count, problems.count)
        readDirectory(path)
        if known == (sources.count, problems.count) {
            problem(path, "has no .yaml, .yml or .json files in it")
        }
    }

    private mutating func readDirectory(_ path: String) {
        // Links may lead back to where they stand.
        let place = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        guard visited.insert(place).inserted else { return }
        let names: [String]
        do {
            names = try files.contentsOfDirectory(atPath: path).sorted()
        } catch {
            problem(path, "cannot be listed: \(Self.reason(error))")
            return
        }
        for name in names where !name.hasPrefix(".") {
            let child = path.hasSuffix("/") ? path + name : "\(path)/\(name)"
            var isDirectory: ObjCBool = false
            let exists = files.fileExists(atPath: child, isDirectory: &isDirectory)
            if exists, isDirectory.boolValue {
                readDirectory(child)
            } else if Self.extensions.contains((name as NSString).pathExtension.lowercased()) {
                if !exists {
                    problem(child, "is a link to nothing")
                } else if Self.isRegular(child) {
                    readFile(child)
                } else {
                    problem(child, "is not a regular file", remedy: "name it with -f to read it")
                }
            }
        }
    }

    private static func isRegular(_ path: String) -> Bool {
        let values = try? URL(fileURLWithPath: path).resolvingSymlinksInPath()
            .resourceValues(forKeys: [.isRegularFileKey])
        return values?.isRegularFile ?? false
    }

    private mutating func readFile(_ path: String) {
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? handle.close() }
            let size = (try? files.attributesOfItem(atPath: path))?[.size] as? Int
            take(try Self.bytes(of: handle, size: size ?? 0), from: path)
        } catch {
            problem(path, "cannot be read: \(Self.reason(error))")
        }
    }

    private mutating func readStandardInput() {
        let name = standardInputName
        do {
            take(try Self.bytes(of: .standardInput), from: name)
        } catch {
            problem(name, "cannot be read: \(Self.reason(error))")
        }
    }

    /// At most one byte more than is allowed, so that an endless file ends.
    ///
    /// - Parameter size: how many there will be, as far as that is known.
    private static func bytes(of handle: FileHandle, size: Int = 0) throws -> [UInt8] {
        var bytes: [UInt8] = []
        // An array that grows leaves copies behind, together more than the whole.
        bytes.reserveCapacity(min(size, Source.maximumSize) + 1)
        while bytes.count <= Source.maximumSize, let chunk = try handle.read(upToCount: 1 << 20),
            !chunk.isEmpty
        {
            bytes.append(contentsOf: chunk)
        }
        return bytes
    }

    private mutating func take(_ bytes: [UInt8], from name: String) {
        if bytes.count > Source.maximumSize {
            problem(
                name, "is larger than \(Source.maximumSize >> 20) MiB",
                remedy: "split it into several files")
        } else {
            sources.append(Source(name: name, bytes: bytes))
        }
    }

    private mutating func problem(_ path: String, _ message: String, remedy: String? = nil) {
        problems.append(FileProblem(path: path, message: message, remedy: remedy))
    }

    static func reason(_ error: any Error) -> String {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        if let posix = underlying ?? (error as NSError) as NSError?,
            posix.domain == NSPOSIXErrorDomain
        {
            return String(cString: strerror(Int32(posix.code)))
        }
        return error.localizedDescription
    }
}

/// A file or directory that could not be read, and why.
public struct FileProblem: Hashable, Sendable, CustomStringConvertible {
    /// As it was given, or found in a directory that was given.
    public var path: String
    /// What is wrong, without the path.
    public var message: String
    /// What to do about it, where there is something.
    public var remedy: String?

    /// `path: message; remedy`.
    public var description: String {
        let text = "\(path): \(message)"
        return remedy.map { "\(text); \($0)" } ?? text
    }
}
