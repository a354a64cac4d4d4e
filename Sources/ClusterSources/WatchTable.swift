// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc

/// Why something is watched.
enum WatchRole: Hashable {
    /// A directory, for its entries.
    case directory(String)
    /// A file that is reached by a link or was named itself, for its content.
    case file(String)
    /// The directory of a path that was named and is a file or a link, for what becomes of that
    /// entry.
    case entry(String)

    private static let ofEntries =
        IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_CLOSE_WRITE
    private static let ofItself = IN_DELETE_SELF | IN_MOVE_SELF | IN_ATTRIB

    fileprivate var mask: UInt32 {
        switch self {
        case .directory: UInt32(Self.ofEntries | Self.ofItself | IN_MODIFY)
        case .file: UInt32(Self.ofItself | IN_CLOSE_WRITE | IN_MODIFY)
        case .entry: UInt32(Self.ofEntries)
        }
    }
}

/// The watches of one inotify instance, and what each is for.
///
/// The kernel has one watch for each inode, however many paths lead to it, so that one can have
/// several roles.
final class WatchTable {
    /// Becomes readable when there are events.
    let descriptor: Int32
    private var roles: [Int32: Set<WatchRole>] = [:]
    private var watches: [WatchRole: Int32] = [:]
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)

    /// Nil, with the reason in `errno`, if the kernel gives none.
    init?() {
        descriptor = inotify_init1(O_CLOEXEC | O_NONBLOCK)
        if descriptor < 0 { return nil }
    }

    deinit { close(descriptor) }

    /// Watches what is at a path now; if the role was played by another inode, no longer that.
    ///
    /// - Returns: 0, or the error number.
    func watch(_ path: String, as role: WatchRole) -> Int32 {
        let mask = role.mask | UInt32(bitPattern: IN_MASK_ADD)
        let watch = inotify_add_watch(descriptor, path, mask)
        guard watch >= 0 else { return errno }
        if let former = watches[role], former != watch { withdraw(role, from: former) }
        watches[role] = watch
        roles[watch, default: []].insert(role)
        return 0
    }

    /// Ends a role, if it is played.
    func end(_ role: WatchRole) {
        if let watch = watches.removeValue(forKey: role) { withdraw(role, from: watch) }
    }

    private func withdraw(_ role: WatchRole, from watch: Int32) {
        roles[watch]?.remove(role)
        if roles[watch]?.isEmpty == true {
            roles[watch] = nil
            // It fails if the inode is gone, and its watch with it.
            _ = inotify_rm_watch(descriptor, watch)
        }
    }

    /// What a watch is for.
    func roles(of watch: Int32) -> Set<WatchRole> { roles[watch] ?? [] }

    /// Forgets a watch that the kernel has ended.
    func forget(_ watch: Int32) {
        for role in roles.removeValue(forKey: watch) ?? [] where watches[role] == watch {
            watches[role] = nil
        }
    }

    /// The roles that are played.
    var played: [WatchRole] { Array(watches.keys) }

    /// The events that are waiting, at most a few thousand at a time; none if there are none.
    func events() -> [FileEvent] {
        let count = read(descriptor, &buffer, buffer.count)
        return count > 0 ? FileEvent.decode(buffer.prefix(count)) : []
    }
}
