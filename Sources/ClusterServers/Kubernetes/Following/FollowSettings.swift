// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// The times of a ``KubernetesSource``, all on a clock that only goes forward.
public struct FollowSettings: Hashable, Sendable {
    /// How many objects a page of a list has.
    public var pageSize = 500
    /// How long a watch lasts: at random between these, so that not all are renewed at once.
    public var watchSeconds = 300...600
    /// How long a watch may be silent. Servers send a bookmark every minute; a watch is taken up
    /// again where it was, which costs no more than a request.
    public var silence: Duration = .seconds(150)
    /// How long a list may be silent.
    public var listSilence: Duration = .seconds(60)
    /// How long a watch may be silent while it is to begin with a list. Servers that pass over what
    /// they do not know never end such a list.
    public var streamSilence: Duration = .seconds(10)
    /// How long a server may take to begin an answer.
    public var patience: Duration = .seconds(30)
    /// How often kinds that a server does not have are looked for.
    public var discovery: Duration = .seconds(30)
    /// The limit of the first wait after a failure, which doubles …
    public var shortestWait: Duration = .milliseconds(200)
    /// … up to this.
    public var longestWait: Duration = .seconds(30)
    /// Whether lists are streamed by servers that can do it.
    public var streamsLists = true

    /// The usual times.
    public init() {}
}
