// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc
import PolicyDocuments
import PolicyModel

/// Follows files and directories: knows what is there, reads what has changed, and decides which
/// files are gone.
///
/// All of it runs on one thread, which asks ``nextDeadline``, waits for events until then, and
/// calls ``work(at:)``.
///
/// A file that is found missing is not at once gone. It stays as long as the path it was found
/// under cannot be read. And where the removal may be the beginning of the removal of everything
/// (all files of a path are missing, the burst has not ended, or the directory is another one than
/// before), it waits for ``WatchSettings/suspicion`` to see whether the path goes as well.
struct ManifestFollower {
    typealias Instant = ContinuousClock.Instant

    /// A path that was named.
    struct Root {
        let path: String
        /// Nil until something was found there. It may not turn from a file into a directory.
        var isDirectory: Bool?
        var identity: FileIdentity?
        /// The directory is not, or may not be, the one that the files were found in.
        var isReplaced = false
        /// Until when removals are suspicious because of that.
        var suspectUntil: Instant?
        /// The known files found under this path.
        var fileCount = 0
    }

    struct Directory {
        /// Index of the root.
        var root: Int
        var identity: FileIdentity
        /// The names of files and directories of interest.
        var entries: Set<String> = []
    }

    /// A file that was read.
    struct File {
        var root: Int
        /// Nil if it has to be read again whenever it is looked at.
        var signature: FileSignature?
        /// What a file was last found to be that may be half-written.
        var unsettled: FileSignature?
        var warnings: [Diagnostic] = []
    }

    let settings: WatchSettings
    let access: FileAccess
    var store: ManifestStore
    var batch = ManifestStore.Batch()
    var roots: [Root]
    var directories: [String: Directory] = [:]
    var files: [String: File] = [:]
    /// The path by which each directory is read, of all that lead to it.
    var owners: [FileIdentity: String] = [:]
    /// The other ones, and where they lead.
    var aliases: [String: FileIdentity] = [:]
    /// Links below directories, and files that were named by a link. What they lead to may change
    /// without an event.
    var links: Set<String> = []
    /// What could not be read, by path. It stays as it last was.
    var failures: [String: FileProblem] = [:]
    /// Files that were found missing, and when they count as gone.
    var held: [String: Instant] = [:]
    /// Found missing in this batch.
    var missing: Set<String> = []
    /// Found missing below what could not be read, and so kept.
    var stranded: Set<String> = []
    var warnings: [SourceProblem] = []

    var watches: WatchTable?
    /// Directories and files for which there is no watch.
    var unwatched: Set<String> = []
    /// Why there is none.
    var watchError: Int32 = 0

    /// Paths to look at again, and directories to list again.
    var concerned: Set<String> = []
    /// Files that were written to and not closed, and when to read them all the same.
    var open: [String: Instant] = [:]
    var needsScan = true
    /// During a scan of everything, the files found.
    var found: Set<String>?
    /// The first and last event of the burst.
    var burst: (first: Instant, last: Instant)?
    var nextRetry: Instant?
    /// The time of this piece of work.
    var now: Instant

    private var isComplete = false
    private var reported: [SourceProblem]?

    /// - Parameter paths: Files and directories, whether they exist or not.
    init(
        _ paths: [String], defaultNamespace: String, settings: WatchSettings, now: Instant,
        access: FileAccess = FileAccess()
    ) {
        self.settings = settings
        self.access = access
        self.now = now
        store = ManifestStore(defaultNamespace: defaultNamespace)
        var known: Set<String> = []
        roots = paths.map(Self.withoutTrailingSlash).filter { known.insert($0).inserted }
            .map { Root(path: $0) }
    }

    private static func withoutTrailingSlash(_ path: String) -> String {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }

    /// When there is something to do even without an event; nil if there is nothing.
    var nextDeadline: Instant? {
        let ofBurst = burst.map {
            min($0.last + settings.quiet, $0.first + settings.longestBurst)
        }
        return [ofBurst ?? nextRetry, open.values.min(), held.values.min()].compactMap(\.self).min()
    }

    /// Does what is due.
    ///
    /// - Returns: What has come of it; nil if there is nothing to say.
    mutating func work(at time: Instant) -> SourceUpdate? {
        now = time
        var isDue = reported == nil
        if let burst,
            now >= burst.last + settings.quiet || now >= burst.first + settings.longestBurst
        {
            isDue = true
        }
        for (path, deadline) in open where deadline <= now {
            open[path] = nil
            files[path]?.signature = nil
            concerned.insert(path)
            isDue = true
        }
        for (path, deadline) in held where deadline <= now {
            concerned.insert(path)
            isDue = true
        }
        // In the midst of a burst it would see half of something.
        if let nextRetry, nextRetry <= now, burst == nil || isDue {
            self.nextRetry = nil
            retry()
            isDue = true
        }
        guard isDue else { return nil }
        // Whether nothing more is to come, as far as can be known.
        let isQuiet = burst.map { now >= $0.last + settings.quiet } ?? true
        burst = nil
        examineConcerned()
        removeMissing(isQuiet: isQuiet)
        if nextRetry == nil { nextRetry = now + settings.retry }
        return settle()
    }

    /// Whether the kernel does not report everything.
    var isPolling: Bool { watches == nil || !unwatched.isEmpty }

    /// Looks for what the kernel does not report: what could not be read and now can, where links
    /// lead, and directories that something was mounted on, or whose path leads elsewhere.
    private mutating func retry() {
        if isPolling { needsScan = true }
        for (path, directory) in directories {
            if case .directory(directory.identity) = access.status(path) { continue }
            concerned.insert(path)
        }
        for path in links where directories[path] == nil { concerned.insert(path) }
        for path in failures.keys {
            if directories[path] != nil || roots.contains(where: { $0.path == path }) {
                switch access.status(path) {
                case .missing, .dangling: continue
                case .directory:
                    if case .failure = access.names(path) { continue }
                case .regular, .special, .unknown: break
                }
                needsScan = true
            } else {
                concerned.insert(path)
            }
        }
    }

    private mutating func examineConcerned() {
        // A scan may turn out to be needed on the way; a second one never is.
        for _ in 0..<2 {
            if needsScan {
                concerned = []
                scanEverything()
                return
            }
            let paths = concerned.sorted()
            concerned = []
            // What has moved is first taken from where it was.
            let statuses = paths.map { access.status($0) }
            for (path, status) in zip(paths, statuses) where status.isMissing {
                examine(path, status)
            }
            for (path, status) in zip(paths, statuses) where !status.isMissing {
                examine(path, status)
            }
            guard needsScan else { return }
        }
    }

    /// Decides which of the missing files are gone.
    private mutating func removeMissing(isQuiet: Bool) {
        checkRoots()
        var counts = [Int](repeating: 0, count: roots.count)
        let gone = missing.union(stranded).filter { files[$0] != nil }
        checkMounts(above: gone)
        missing = []
        stranded = []
        for path in gone { counts[files[path]!.root] += 1 }
        for path in gone {
            let index = files[path]!.root
            if isInFailure(path) {
                held[path] = nil
                stranded.insert(path)
                continue
            }
            if let deadline = held[path] {
                if deadline <= now { remove(path) }
                continue
            }
            let root = roots[index]
            if !isQuiet || counts[index] == root.fileCount
                || root.suspectUntil.map({ now < $0 }) ?? false
            {
                held[path] = now + settings.suspicion
            } else {
                remove(path)
            }
        }
        // Whatever was due has been decided, one way or the other.
        held = held.filter { $0.value > now }
    }

    private mutating func remove(_ path: String) {
        guard let file = files.removeValue(forKey: path) else { return }
        roots[file.root].fileCount -= 1
        held[path] = nil
        failures[path] = nil
        store.stage(path, nil, in: &batch)
    }

    /// Whether a path, or a directory above it, could not be read.
    func isInFailure(_ path: String) -> Bool {
        guard !failures.isEmpty else { return false }
        var path = path
        while true {
            if failures[path] != nil { return true }
            guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
                return false
            }
            path = String(path[..<slash])
        }
    }

    private mutating func settle() -> SourceUpdate? {
        let update = store.settle(batch)
        batch = ManifestStore.Batch()
        let problems = currentProblems()
        let wasComplete = isComplete
        isComplete = isComplete || store.isComplete && failures.isEmpty
        let common = update.commonWarnings.map {
            SourceProblem(path: $0.origin.source, text: $0.description)
        }
        let collected = warnings + common
        warnings = []
        guard
            !update.changes.isEmpty || !collected.isEmpty || problems != reported
                || wasComplete != isComplete
        else { return nil }
        reported = problems
        return SourceUpdate(
            changes: update.changes, problems: problems, warnings: collected,
            isComplete: isComplete, objectCount: store.objectCount)
    }

    private func currentProblems() -> [SourceProblem] {
        var problems = failures.map { SourceProblem(path: $0, text: $1.description) }
        for (path, diagnostics) in store.problems {
            problems += diagnostics.map { SourceProblem(path: path, text: $0.description) }
        }
        if let problem = pollingProblem { problems.append(problem) }
        return problems.sorted { ($0.path, $0.text) < ($1.path, $1.text) }
    }

    private var pollingProblem: SourceProblem? {
        guard isPolling, !settings.polls else { return nil }
        let path = unwatched.min() ?? roots.first?.path ?? ""
        let remedy =
            switch watchError {
            case ENOSPC: "raise fs.inotify.max_user_watches with sysctl"
            case EMFILE:
                "raise fs.inotify.max_user_instances with sysctl, or the limit of open files"
            default: "make inotify available to this process"
            }
        return SourceProblem(
            path: path,
            text: """
                \(path): cannot be watched: \(String(cString: strerror(watchError))); all files \
                are looked at every \(settings.retry) instead; \(remedy)
                """)
    }
}

extension FileStatus {
    var isMissing: Bool {
        if case .missing = self { true } else { false }
    }
}
