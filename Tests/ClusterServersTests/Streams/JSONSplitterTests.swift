// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyTestKit
import Testing

@testable import ClusterServers

@Suite struct JSONSplitterTests {
    private static let items = [
        #"{"kind":"Pod","text":"a ] } \" [ {"}"#, "{}", #"{"items":[{"items":[1]}]}"#,
        #"{"deep":[[{"x":[]}]],"n":1e5}"#,
    ]

    @Test("Lists are cut into the same items wherever the pieces of their text end")
    func listsInPieces() throws {
        let list =
            #"{"kind":"PodList","items2":[{"no":1}],"metadata":{"continue":"[x","items":[{"no":2}]},"items":["#
            + Self.items.joined(separator: " ,\n") + #"],"last":"items"}"#
        for seed in UInt64(0)..<200 {
            var random = SeededGenerator(seed: seed)
            var splitter = JSONListSplitter()
            var found: [String] = []
            for piece in Self.pieces(of: list, &random) {
                let taken = splitter.take(piece)
                found += try #require(taken).map { String(decoding: $0, as: UTF8.self) }
            }
            #expect(found == Self.items, "seed \(seed)")
            #expect(splitter.isEnded)
            let rest = String(decoding: splitter.rest, as: UTF8.self)
            #expect(
                rest
                    == #"{"kind":"PodList","items2":[{"no":1}],"metadata":{"continue":"[x","items":[{"no":2}]},"items":[],"last":"items"}"#,
                "seed \(seed)")
        }
    }

    @Test("Events are cut apart wherever the pieces of their text end")
    func valuesInPieces() throws {
        let stream = Self.items.joined(separator: "\n") + "\n"
        for seed in UInt64(0)..<200 {
            var random = SeededGenerator(seed: seed)
            var splitter = JSONValueSplitter()
            var found: [String] = []
            for piece in Self.pieces(of: stream, &random) {
                let taken = splitter.take(piece)
                found += try #require(taken).map { String(decoding: $0, as: UTF8.self) }
            }
            #expect(found == Self.items, "seed \(seed)")
            #expect(!splitter.isInside)
        }
    }

    @Test("A list has ended when its object has, whatever white space follows")
    func trailingSpace() {
        var list = JSONListSplitter()
        #expect(list.take(Array(#"{"items":[{"a":1}]}"#.utf8))?.count == 1)
        #expect(list.isEnded)
        #expect(list.take(Array("\n \n".utf8)) == [])
        #expect(list.isEnded)
    }

    @Test("A list that breaks off is not ended, and an event neither")
    func truncated() throws {
        var list = JSONListSplitter()
        #expect(list.take(Array(#"{"items":[{"a":1},{"b""#.utf8))?.count == 1)
        #expect(!list.isEnded)
        var events = JSONValueSplitter()
        #expect(events.take(Array(#"{"type":"ADDED","#.utf8)) == [])
        #expect(events.isInside)
    }

    private static func pieces(
        of text: String, _ random: inout SeededGenerator
    ) -> [ArraySlice<UInt8>] {
        var rest = Array(text.utf8)[...]
        var pieces: [ArraySlice<UInt8>] = []
        while !rest.isEmpty {
            let count = random.number(in: 1...20)
            pieces.append(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        return pieces
    }
}
