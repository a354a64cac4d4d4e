// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyTestKit
import Testing

@testable import PolicyDocuments

/// A list that is read item by item is the list that is read at once.
struct DeferredElementsTests {
    private func read(_ text: String, defersItems: Bool) -> Result<[DocumentNode], SyntaxError> {
        Result { () throws(SyntaxError) in
            var reader = JSONReader(
                try SourceText(Source(name: "x.json", text: text)), defersItems: defersItems)
            var nodes: [DocumentNode] = []
            while let node = try reader.next() { nodes.append(node.undeferred) }
            return nodes
        }
    }

    @Test(arguments: [
        #"{"kind": "List", "items": []}"#,
        "{\"items\": [ {\"a\": 1},\n\n {\"items\": [1, [2]]} , null, \"x\\n\" ], \"kind\": \"List\"}",
        #"{"items": {"a": [1]}} {"items": [true]} [{"items": [1]}]"#,
        #"{"items": 3}"#,
    ])
    func sameNodes(text: String) throws {
        let whole = try read(text, defersItems: false).get()
        #expect(try read(text, defersItems: true).get() == whole)
    }

    @Test func sameErrors() {
        let text = JSONManifests(WorldGenerator(seed: 1).world()).text
        var random = SeededGenerator(seed: 1)
        for _ in 0..<300 {
            var bytes = Array(text.utf8)
            let place = random.number(in: 0...(bytes.count - 1))
            switch random.number(in: 0...2) {
            case 0: bytes.removeSubrange(place...)
            case 1: bytes[place] = [0x2c, 0x5d, 0x7d, 0x22, 0x61][random.number(in: 0...4)]
            default: bytes.remove(at: place)
            }
            let mutated = String(decoding: bytes, as: UTF8.self)
            #expect(read(mutated, defersItems: true) == read(mutated, defersItems: false))
        }
    }

    @Test func longListsAreDeferred() {
        let text = JSONManifests(WorldGenerator(seed: 2, size: 30).world()).text
        let padded = text + String(repeating: "\n", count: JSONReader.deferralThreshold)
        let short = DocumentDecoder().decode([Source(name: "list.json", text: text)])
        let long = DocumentDecoder().decode([Source(name: "list.json", text: padded)])
        #expect(long == short)
        #expect(!long.endpoints.isEmpty)
    }
}

extension DocumentNode {
    /// The same with its deferred lists read.
    fileprivate var undeferred: DocumentNode {
        var copy = self
        switch content {
        case .deferred(let elements):
            copy.content = .sequence(elements.indices.map { elements[$0] })
        case .mapping(let entries):
            copy.content = .mapping(
                entries.map { entry in
                    var entry = entry
                    entry.value = entry.value.undeferred
                    return entry
                })
        case .sequence, .plain, .quoted: break
        }
        return copy
    }
}
