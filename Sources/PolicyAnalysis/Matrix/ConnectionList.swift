// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Every connection of a matrix as JSON, one a line:
/// `{"from":"shop/front","to":"shop/web","allowed":{"tcp":[[8080,8080]],"udp":[],…}}`.
///
/// Pairs between which nothing is allowed are listed too. Where the matrix is that of staged policies,
/// pairs that they change have a member `today` besides, of the same form as `allowed`.
public struct ConnectionList {
    private let reachability: Reachability
    private let view: MatrixView

    /// The connections that a view shows.
    public init(_ reachability: Reachability, view: MatrixView = MatrixView()) {
        self.reachability = reachability
        self.view = view
    }

    /// Gives the text to `put` piece by piece, some 100 KB at a time.
    ///
    /// - Complexity: O(peers²).
    public func write(_ put: ([UInt8]) throws -> Void) rethrows {
        let seen = reachability.sets.map(view.seen)
        let sets = seen.map { Array($0.json.utf8) }
        let peers = reachability.peers
        let names = peers.map { JSONText.quoted($0.description) }
        let receivers = names.map { Array(",\"to\":".utf8) + $0 + Array(",\"allowed\":".utf8) }
        var text = Array("{\"connections\":[".utf8)
        var separator = Array("\n".utf8)
        for from in peers.indices {
            let sender = Array("{\"from\":".utf8) + names[from]
            let group = reachability.groups[from]
            for to in peers.indices
            where reachability.isConnection(from: from, to: to)
                && view.shows(peers[from], peers[to])
            {
                text += separator
                text += sender
                text += receivers[to]
                let set = reachability.allowedSet(
                    fromGroup: group, toGroup: reachability.groups[to])
                text += sets[set]
                let today = reachability.todaysSet(
                    fromGroup: group, toGroup: reachability.groups[to])
                if seen[today] != seen[set] { text += Array(",\"today\":".utf8) + sets[today] }
                text.append(UInt8(ascii: "}"))
                separator = [UInt8(ascii: ","), UInt8(ascii: "\n")]
            }
            if text.count > 100_000 {
                try put(text)
                text.removeAll(keepingCapacity: true)
            }
        }
        text += Array("\n]}\n".utf8)
        try put(text)
    }
}
