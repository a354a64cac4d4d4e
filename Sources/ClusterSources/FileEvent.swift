// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc

/// One event of inotify(7).
struct FileEvent {
    /// Which watch it belongs to; -1 if to none.
    var watch: Int32
    /// The bits of `IN_…`.
    var mask: UInt32
    /// The entry of the watched directory; empty if the event is about the watched file itself.
    var name: String

    /// Whether any of these kinds.
    func isAny(of kinds: Int32...) -> Bool {
        kinds.contains { mask & UInt32(bitPattern: $0) != 0 }
    }

    /// Whether the kernel's queue was full, so that events are missing.
    var isOverflow: Bool { isAny(of: IN_Q_OVERFLOW) }

    /// Whether the entry is a directory, and no link to one.
    var isDirectory: Bool { mask & (1 << 30) != 0 }

    /// The events in what was read from the descriptor.
    ///
    /// `struct inotify_event`: watch, mask, cookie and length of the name with its padding, each
    /// of 32 bits, then the name.
    static func decode(_ bytes: ArraySlice<UInt8>) -> [FileEvent] {
        var events: [FileEvent] = []
        var rest = bytes
        func word(_ index: Int) -> UInt32 {
            rest.dropFirst(index * 4).prefix(4).enumerated().reduce(0) {
                $0 | UInt32($1.element) << (8 * UInt32($1.offset))
            }
        }
        while rest.count >= 16 {
            let name = rest.dropFirst(16).prefix(Int(word(3)))
            events.append(
                FileEvent(
                    watch: Int32(bitPattern: word(0)), mask: word(1),
                    name: String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)))
            rest = rest.dropFirst(16 + Int(word(3)))
        }
        return events
    }
}
