// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// How a ``ManifestFollower`` reaches files: by the kernel, unless a test lets something fail.
struct FileAccess {
    /// What stands at a path.
    var status: (String) -> FileStatus = { FileStatus(at: $0) }
    /// The names in a directory.
    var names: (String) -> Result<[String], FileAccessError> = FileStatus.names
    /// The content of a file.
    var content: (String) -> Result<(bytes: [UInt8], signature: FileSignature?), FileAccessError> =
        FileStatus.content
    /// A new table of watches; nil, with the reason in `errno`, if there is none to be had.
    var watches: () -> WatchTable? = { WatchTable() }
    /// The error number with which a watch is refused before the kernel is asked; 0 for none.
    var refusal: (String) -> Int32 = { _ in 0 }
}
