// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// The times of a ``ManifestWatch``, all on a clock that only goes forward.
public struct WatchSettings: Hashable, Sendable {
    /// Files are read when there was no event for so long …
    public var quiet: Duration = .milliseconds(20)
    /// … or so long after the first.
    public var longestBurst: Duration = .milliseconds(200)
    /// A file is read so long after it was last written to, even if its writer has not closed it.
    public var openFile: Duration = .seconds(1)
    /// For so long removals are held that could be the beginning of something larger: of all files
    /// of a path at once, in a burst that has not ended, after a directory was replaced.
    public var suspicion: Duration = .seconds(1)
    /// How often what could not be read or watched is tried again.
    public var retry: Duration = .seconds(1)
    /// Whether to look at all files every ``retry`` and not ask the kernel for events: for network
    /// file systems, which do not report what other machines change.
    public var polls = false

    /// The usual times.
    public init() {}
}
