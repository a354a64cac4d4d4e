// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Testing

@testable import PolicyDocuments

struct YAMLPiecesTests {
    private func pieces(_ text: String) throws -> [String] {
        let source = try SourceText(Source(name: "x.yaml", text: text))
        return YAMLPieces(source).map {
            "\($0.firstLine):" + String(decoding: $0.bytes, as: UTF8.self)
        }
    }

    @Test(arguments: [
        ("", []),
        ("a: 1\n", ["1:a: 1\n"]),
        ("---\na: 1\n---\nb: 2", ["1:---\na: 1\n", "3:---\nb: 2"]),
        ("# note\n\n---\na: 1\n", ["1:# note\n\n---\na: 1\n"]),
        ("%YAML 1.1\n---\na: 1\n", ["1:%YAML 1.1\n---\na: 1\n"]),
        ("a: 1\n...\n%YAML 1.1\n---\nb: 2\n", ["1:a: 1\n...\n", "3:%YAML 1.1\n---\nb: 2\n"]),
        ("a: |\n  ---\n---  # next\r\nb: 2", ["1:a: |\n  ---\n", "3:---  # next\r\nb: 2"]),
        ("a: ---b\n---b: 2\n", ["1:a: ---b\n---b: 2\n"]),
        ("---\n---\n---", ["1:---\n", "2:---\n", "3:---"]),
    ])
    func textIsCutBetweenDocuments(_ text: String, _ expected: [String]) throws {
        #expect(try pieces(text) == expected)
    }
}
