// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// An impact as JSON:
/// `{"opened":[{"from":…,"to":…,"allowed":{…}}],"closed":[…],"added":["shop/cache"],"removed":[]}`.
///
/// `allowed` is what is opened or closed, in the form of ``ConnectionList``.
public struct ImpactList {
    private let impact: Impact

    /// The pairs of an impact.
    public init(_ impact: Impact) { self.impact = impact }

    /// Gives the text to `put` piece by piece.
    public func write(_ put: ([UInt8]) throws -> Void) rethrows {
        let names = impact.peers.map { JSONText.quoted($0.description) }
        let sets = impact.sets.map { Array("\($0.json)}".utf8) }
        for (number, change) in Impact.Change.allCases.enumerated() {
            try put(Array("\(number == 0 ? "{" : "],\n")\"\(change)\":[".utf8))
            var text: [UInt8] = []
            for (index, pair) in impact.pairs(change).enumerated() {
                text += Array((index == 0 ? "\n{\"from\":" : ",\n{\"from\":").utf8)
                text += names[pair.from]
                text += Array(",\"to\":".utf8)
                text += names[pair.to]
                text += Array(",\"allowed\":".utf8)
                text += sets[impact.set(change, from: pair.from, to: pair.to)]
                if text.count > 100_000 {
                    try put(text)
                    text.removeAll(keepingCapacity: true)
                }
            }
            try put(text)
        }
        try put(Array("],\n\"added\":\(Self.list(impact.added)),".utf8))
        try put(Array("\"removed\":\(Self.list(impact.removed))}\n".utf8))
    }

    private static func list(_ peers: [ReachabilityPeer]) -> String {
        let names = peers.map {
            String(decoding: JSONText.quoted($0.description), as: UTF8.self)
        }
        return "[\(names.joined(separator: ","))]"
    }
}
