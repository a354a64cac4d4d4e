// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Testing

@testable import PolicyDocuments

struct MessageTextTests {
    @Test(arguments: [
        ("web", "web"), ("a/b[0]", "a/b[0]"), ("", "\"\""), ("a b", "\"a b\""), ("é", "\"é\""),
        ("a\nb", #""a\nb""#), ("\u{1b}[0m", #""\u{1b}[0m""#), ("a\"b", #""a\"b""#),
        ("\u{202e}x", #""\u{202e}x""#), ("\u{2028}", #""\u{2028}""#), ("\0", #""\u{0}""#),
    ])
    func visible(_ text: String, _ expected: String) {
        #expect(MessageText.visible(text) == expected)
    }

    @Test func longTextIsCut() {
        let text = MessageText.quoted(String(repeating: "x", count: 5000))
        #expect(text.count == 123)
        #expect(text.hasSuffix("x…\""))
    }
}
