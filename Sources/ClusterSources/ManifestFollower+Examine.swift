// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import Glibc
import PolicyDocuments

/// Looking at what is there.
extension ManifestFollower {
    /// Looks at everything, and reads what is not as it was.
    mutating func scanEverything() {
        needsScan = false
        found = []
        missing = []
        owners = [:]
        aliases = [:]
        links = []
        unwatched = []
        if watches == nil, !settings.polls {
            watches = access.watches()
            if watches == nil { watchError = errno }
        }
        for index in roots.indices { scanRoot(index) }
        let known = found ?? []
        found = nil
        for path in files.keys where !known.contains(path) { missing.insert(path) }
        for (path, directory) in directories where owners[directory.identity] != path {
            // What cannot be listed is still watched: it may be listed again.
            if isInFailure(path) {
                if owners[directory.identity] == nil { owners[directory.identity] = path }
            } else {
                directories[path] = nil
                watches?.end(.directory(path))
            }
        }
        for path in failures.keys where !isTracked(path) { failures[path] = nil }
    }

    /// Whether a path is one that was named, or was found in a directory that is known.
    private func isTracked(_ path: String) -> Bool {
        if roots.contains(where: { $0.path == path }) { return true }
        let (parent, name) = Self.split(path)
        return directories[parent]?.entries.contains(name) ?? false
    }

    private mutating func scanRoot(_ index: Int) {
        let root = roots[index]
        watchEntry(of: root)
        let status = access.status(root.path)
        guard isExpected(status, at: index) else { return }
        roots[index].isDirectory = status.isDirectory
        if !status.isDirectory, FileStatus.isLink(root.path) { links.insert(root.path) }
        failures[root.path] = nil
        guard case .directory(let identity) = status else {
            examineFile(root.path, status, root: index)
            return
        }
        guard owners[identity] == nil else {
            // It stands in a directory that was named before, and is read there.
            aliases[root.path] = identity
            return
        }
        let isLink = FileStatus.isLink(root.path)
        if let former = root.identity, former != identity { roots[index].isReplaced = true }
        scan(root.path, identity, root: index)
        guard failures[root.path] == nil else { return }
        if roots[index].isReplaced, root.fileCount > 0 {
            guard found?.contains(where: { files[$0]?.root == index }) ?? false else {
                failures[root.path] = FileProblem(
                    path: root.path,
                    message: "is another directory now, with no manifests in it; "
                        + "the last content stays in force",
                    remedy: "put the manifests there, or restart to do without them")
                return
            }
            // A link changes from one content to the other at once. Everything else takes time.
            if !isLink { roots[index].suspectUntil = now + settings.suspicion }
        }
        roots[index].isReplaced = false
        roots[index].identity = identity
    }

    /// Finds out whether the paths that were named are what they were; a failure if not.
    mutating func checkRoots() {
        for index in roots.indices where failures[roots[index].path] == nil {
            let status = access.status(roots[index].path)
            guard isExpected(status, at: index) else { continue }
            if case .directory(let identity) = status, let known = roots[index].identity,
                identity != known
            {
                // It was replaced this moment: what is missing is so in another directory.
                roots[index].isReplaced = true
                roots[index].suspectUntil = now + settings.suspicion
                needsScan = true
                if burst == nil { burst = (now, now) }
            }
        }
    }

    /// Whether a path that was named is there, and is what it was; a failure if not.
    private mutating func isExpected(_ status: FileStatus, at index: Int) -> Bool {
        let root = roots[index]
        let stays = root.fileCount > 0 ? "; its last content stays in force" : ""
        let message: String
        switch (status, root.isDirectory) {
        case (.missing, _):
            message = root.isDirectory == nil ? "does not exist" : "is gone\(stays)"
            roots[index].isReplaced = true
        case (.dangling, _):
            message = "is a link to nothing\(stays)"
            roots[index].isReplaced = true
        case (.unknown(let reason), _): message = "cannot be read: \(reason)\(stays)"
        case (.directory, false?): message = "is a directory now, and was a file\(stays)"
        case (.regular, true?), (.special, true?):
            message = "is no directory any longer\(stays)"
            roots[index].isReplaced = true
        case (.special, _): message = "is not a regular file\(stays)"
        case (.directory, _), (.regular, _): return true
        }
        failures[root.path] = FileProblem(path: root.path, message: message)
        return false
    }

    /// Watches and lists a directory, and looks at its entries.
    private mutating func scan(_ path: String, _ identity: FileIdentity, root: Int) {
        if let former = directories[path]?.identity, former != identity, owners[former] == path {
            owners[former] = nil
        }
        directories[path, default: Directory(root: root, identity: identity)].identity = identity
        owners[identity] = path
        // Before it is listed, so that nothing escapes in between.
        watch(path, as: .directory(path))
        let names: Set<String>
        switch access.names(path) {
        case .success(let list): names = Set(list.filter { !$0.hasPrefix(".") })
        case .failure(let error):
            if case .missing = access.status(path) { return }
            failures[path] = FileProblem(
                path: path,
                message: "cannot be listed: \(error.reason); its last content stays in force")
            return
        }
        failures[path] = nil
        for name in names.union(directories[path]?.entries ?? []).sorted() {
            let child = Self.join(path, name)
            examine(child, access.status(child))
        }
    }

    /// Looks at one path that was named or stands in a directory that is known.
    mutating func examine(_ path: String, _ status: FileStatus) {
        if let index = roots.firstIndex(where: { $0.path == path }) {
            if roots[index].isDirectory == false {
                if isExpected(status, at: index) {
                    failures[path] = nil
                    examineFile(path, status, root: index)
                }
            } else {
                needsScan = true
            }
            return
        }
        let (parent, name) = Self.split(path)
        links.remove(path)
        guard let directory = directories[parent] else {
            // Its directory is not there; neither is it.
            failures[path] = nil
            if files[path] != nil { missing.insert(path) }
            return
        }
        switch status {
        case .missing: vanish(path, from: parent, name)
        case .directory(let identity):
            if files[path] != nil { missing.insert(path) }
            directories[parent]?.entries.insert(name)
            if FileStatus.isLink(path) { links.insert(path) }
            if let owner = owners[identity], owner != path {
                forget(path)
                // It may have been a file or a link to nothing.
                failures[path] = nil
                open[path] = nil
                watches?.end(.file(path))
                // Which of the paths counts depends on their order.
                if aliases.updateValue(identity, forKey: path) != identity, found == nil {
                    needsScan = true
                }
            } else if !isUnmounted(path, identity) {
                scan(path, identity, root: directory.root)
            }
        case .regular, .special, .dangling:
            forget(path)
            guard Self.isManifest(name) else {
                vanish(path, from: parent, name)
                // It may come to lead to a directory.
                if FileStatus.isLink(path) { links.insert(path) }
                return
            }
            if FileStatus.isLink(path) { links.insert(path) }
            directories[parent]?.entries.insert(name)
            examineFile(path, status, root: directory.root)
        case .unknown(let reason):
            // Whatever it is called: it may be a directory.
            directories[parent]?.entries.insert(name)
            fail(path, "cannot be examined: \(reason)")
        }
    }

    private mutating func examineFile(_ path: String, _ status: FileStatus, root: Int) {
        held[path] = nil
        missing.remove(path)
        stranded.remove(path)
        found?.insert(path)
        guard case .regular(let signature, let isLink) = status else {
            fail(path, status.isDangling ? "is a link to nothing" : "is not a regular file")
            return
        }
        if isLink || roots[root].path == path {
            watch(path, as: .file(path))
        } else {
            watches?.end(.file(path))
        }
        let known = files[path]
        // It is being written, and will be read when it is closed, or is not written any more.
        if open[path] != nil { return }
        if let known, known.signature == signature {
            failures[path] = nil
            return
        }
        if isPolling, let known, let former = known.signature,
            former.identity == signature.identity, known.unsettled != signature
        {
            files[path]?.unsettled = signature
            return
        }
        take(path, root: root)
    }

    private mutating func take(_ path: String, root: Int) {
        switch access.content(path) {
        case .failure(let error): fail(path, "cannot be read: \(error.reason)")
        case .success(let (bytes, signature)):
            guard bytes.count <= Source.maximumSize else {
                fail(
                    path, "is larger than \(Source.maximumSize >> 20) MiB",
                    remedy: "split it into several files")
                return
            }
            failures[path] = nil
            if files[path] == nil {
                files[path] = File(root: root)
                roots[root].fileCount += 1
            }
            files[path]?.signature = signature
            files[path]?.unsettled = nil
            let found = store.stage(path, Source(name: path, bytes: bytes), in: &batch)
            let known = files[path]?.warnings ?? []
            for warning in found where !known.contains(warning) {
                warnings.append(SourceProblem(path: path, text: warning.description))
            }
            files[path]?.warnings = found
        }
    }

    private mutating func fail(_ path: String, _ message: String, remedy: String? = nil) {
        // It is read again when it can be, even if it looks as before.
        files[path]?.signature = nil
        let stays =
            files[path] == nil && directories[path] == nil
            ? "" : "; its last content stays in force"
        failures[path] = FileProblem(path: path, message: message + stays, remedy: remedy)
    }

    /// Notes that nothing of interest is at a path.
    private mutating func vanish(_ path: String, from parent: String, _ name: String) {
        forget(path)
        directories[parent]?.entries.remove(name)
        failures[path] = nil
        open[path] = nil
        watches?.end(.file(path))
        if aliases.removeValue(forKey: path) != nil, found == nil { needsScan = true }
        if files[path] != nil { missing.insert(path) }
    }

    /// Notes that a directory that was known is none any longer, with everything in it.
    private mutating func forget(_ path: String) {
        guard let directory = directories.removeValue(forKey: path) else { return }
        watches?.end(.directory(path))
        failures[path] = nil
        unwatched.remove(path)
        if owners[directory.identity] == path { owners[directory.identity] = nil }
        // Another path may lead to it.
        if !aliases.isEmpty, found == nil { needsScan = true }
        for name in directory.entries {
            let child = Self.join(path, name)
            forget(child)
            failures[child] = nil
            open[child] = nil
            watches?.end(.file(child))
            if files[child] != nil { missing.insert(child) }
        }
    }

    // MARK: Watches

    mutating func watch(_ path: String, as role: WatchRole) {
        guard !settings.polls else { return }
        var code = access.refusal(path)
        if code == 0 { code = watches?.watch(path, as: role) ?? watchError }
        switch (code, role) {
        case (0, _): return
        // What is not there or cannot be read is a failure of its own.
        case (ENOENT, _), (ENOTDIR, _), (EACCES, .directory), (EACCES, .file): return
        default:
            watchError = code
            unwatched.insert(path)
        }
    }

    /// A file may be replaced and a link be changed without an event of what it leads to.
    private mutating func watchEntry(of root: Root) {
        if case .directory = access.status(root.path), !FileStatus.isLink(root.path) {
            watches?.end(.entry(root.path))
        } else {
            watch(Self.split(root.path).parent, as: .entry(root.path))
        }
    }

    // MARK: Paths

    static func isManifest(_ name: String) -> Bool {
        guard !name.hasPrefix("."), let dot = name.lastIndex(of: ".") else { return false }
        return ManifestFiles.extensions.contains(name[name.index(after: dot)...].lowercased())
    }

    static func join(_ directory: String, _ name: String) -> String {
        directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
    }

    static func split(_ path: String) -> (parent: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        let name = String(path[path.index(after: slash)...])
        return slash == path.startIndex ? ("/", name) : (String(path[..<slash]), name)
    }
}

extension FileStatus {
    fileprivate var isDirectory: Bool {
        if case .directory = self { true } else { false }
    }

    fileprivate var isDangling: Bool {
        if case .dangling = self { true } else { false }
    }
}
