// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc

/// What the kernel reports.
extension ManifestFollower {
    /// Notes which paths events concern; nothing is read yet.
    mutating func note(_ events: [FileEvent], at time: Instant) {
        now = time
        let known = (concerned.count, needsScan)
        var isConcerned = false
        for event in events {
            if event.isOverflow {
                needsScan = true
                continue
            }
            let roles = watches?.roles(of: event.watch) ?? []
            if event.isAny(of: IN_IGNORED) { watches?.forget(event.watch) }
            for role in roles where note(event, as: role) { isConcerned = true }
        }
        if isConcerned || known != (concerned.count, needsScan) {
            burst = (burst?.first ?? now, now)
        }
    }

    /// - Returns: Whether there is something to do soon.
    private mutating func note(_ event: FileEvent, as role: WatchRole) -> Bool {
        switch role {
        case .directory(let path):
            return event.name.isEmpty
                ? noteItself(event, path) : noteEntry(event, path, Self.join(path, event.name))
        case .file(let path):
            if event.isAny(of: IN_MODIFY) { return noteWriting(path) }
            if event.isAny(of: IN_ATTRIB), open[path] != nil { return false }
            open[path] = nil
            concerned.insert(path)
            return true
        case .entry(let path):
            guard event.name == Self.split(path).name else { return false }
            if event.isAny(of: IN_CREATE), FileStatus.nameCount(path) == 1 {
                return noteWriting(path)
            }
            open[path] = nil
            concerned.insert(path)
            return true
        }
    }

    /// An event of a directory itself.
    private mutating func noteItself(_ event: FileEvent, _ path: String) -> Bool {
        concerned.insert(path)
        if !event.isAny(of: IN_ATTRIB),
            let index = roots.firstIndex(where: { $0.path == path })
        {
            roots[index].isReplaced = true
            needsScan = true
        }
        return true
    }

    private mutating func noteEntry(_ event: FileEvent, _ parent: String, _ path: String) -> Bool {
        let isChange = event.isAny(of: IN_CREATE, IN_MOVED_TO, IN_MOVED_FROM, IN_DELETE)
        if event.name.hasPrefix(".") {
            // Files may be links through it, as in a mounted ConfigMap.
            guard isChange, event.name == "..data" || FileStatus.isLink(path) else { return false }
            concerned.insert(parent)
            return true
        }
        if event.isDirectory {
            concerned.insert(path)
            return true
        }
        guard Self.isManifest(event.name) else {
            // It may be a link to a directory.
            guard isChange else { return false }
            concerned.insert(path)
            return true
        }
        if event.isAny(of: IN_MODIFY) { return noteWriting(path) }
        // A new file will be written to and closed; only a further name of one, or a link, will not.
        if event.isAny(of: IN_CREATE), FileStatus.nameCount(path) == 1 { return noteWriting(path) }
        if event.isAny(of: IN_ATTRIB), open[path] != nil { return false }
        open[path] = nil
        concerned.insert(path)
        return true
    }

    private mutating func noteWriting(_ path: String) -> Bool {
        open[path] = now + settings.openFile
        return false
    }
}
