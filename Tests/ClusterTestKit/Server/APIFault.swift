// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// What goes wrong with a request.
public enum APIFault: Hashable, Sendable {
    /// Another answer: 429, 500, 503 …
    case answer(Int, retryAfter: Int? = nil)
    /// The connection is closed before an answer.
    case drop
    /// There never is an answer.
    case hang
    /// The connection is closed within the answer, behind so many bytes of its body.
    case cut(after: Int)
    /// The answer ends as it should behind so many bytes of its body, in the middle of its JSON.
    case truncate(to: Int)
    /// The answer comes in pieces of so many bytes, with so many milliseconds between them.
    case slow(piece: Int, milliseconds: Int)
    /// One item of the list is this text.
    case item(String)
}

/// Which requests a fault concerns.
public struct APIFaultScope: Hashable, Sendable {
    /// `list`, `watch`, `get` …; nil for all.
    public var verb: String?
    /// `pods` or `networkpolicies.networking.k8s.io`; nil for all.
    public var resource: String?
    /// What the path begins with.
    public var path: String

    /// Those of a verb, a resource, and a path.
    public init(verb: String? = nil, resource: String? = nil, path: String = "") {
        self.verb = verb
        self.resource = resource
        self.path = path
    }

    /// All requests.
    public static let every = APIFaultScope()
    /// All lists.
    public static let lists = APIFaultScope(verb: "list")
    /// All requests for watches.
    public static let watches = APIFaultScope(verb: "watch")
}

/// What goes wrong with watches that are open.
public enum WatchDisturbance: Hashable, Sendable {
    /// They end as they do when their time is over.
    case end
    /// The connection is closed between two events.
    case close
    /// The connection is closed within an event.
    case cut
    /// Nothing comes any more, and nobody says so.
    case freeze
    /// They end because their history is gone.
    case expire
    /// This line comes, which may be anything.
    case send(String)
    /// The last so many events of the resource come again, in their order.
    case replay(Int)

    /// Whether the watch is over then, as the server sees it. A frozen one is: it is told nothing more.
    var endsWatches: Bool {
        switch self {
        case .end, .close, .cut, .freeze, .expire: true
        case .send, .replay: false
        }
    }
}

/// How the server behaves.
public struct APIBehaviour: Hashable, Sendable {
    /// What becomes of requests for streaming lists.
    public enum StreamingLists: Hashable, Sendable, CaseIterable {
        /// They are served.
        case served
        /// The parameter is unknown and passed over, as before Kubernetes 1.27.
        case unknown
        /// 422, as where the feature gate is off.
        case gated
        /// 400.
        case refused
        /// 500, as where etcd is too old to tell how far a watch has come.
        case progressDisabled
    }

    /// What becomes of requests for streaming lists.
    public var streamingLists = StreamingLists.served
    /// Whether a watch whose start is forgotten is answered with 410, rather than an event that says it.
    public var refusesOldWatches = false
    /// Milliseconds between two bookmarks; nil for none.
    public var bookmarkInterval: Int? = 60_000
    /// How many changes of each resource are remembered.
    public var historyLength = 1_000
    /// Seconds that are added to the time in headers.
    public var clockSkew = 0
    /// Whether watches are told everything twice.
    public var repeatsEvents = false
    /// Whether new connections are taken and never answered.
    public var ignoresConnections = false
    /// Whether objects are created in namespaces that there are only.
    public var requiresNamespaces = true

    /// A server of today without faults.
    public init() {}
}
