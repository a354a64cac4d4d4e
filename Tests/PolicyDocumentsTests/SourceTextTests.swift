// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Testing

@testable import PolicyDocuments

struct SourceTextTests {
    private func failure(_ bytes: [UInt8]) -> SyntaxError? {
        do throws(SyntaxError) {
            _ = try SourceText(Source(name: "x", bytes: bytes))
            return nil
        } catch {
            return error
        }
    }

    @Test("S73: a byte order mark and CRLF are no obstacle")
    func byteOrderMarkAndCRLF() {
        let text = policyText(spec: "podSelector: {}\npolicyTypes: [Ingress]")
        let marked = "\u{FEFF}" + text.split(separator: "\n").joined(separator: "\r\n")
        let decoded = decode(marked)
        #expect(decoded.diagnostics.isEmpty)
        #expect(decoded.policies.count == 1)
        #expect(decoded.policies == decode(text).policies)
    }

    @Test(arguments: [[0xFF], [0xC3, 0x28], [0xED, 0xA0, 0x80], [0xE2, 0x82]] as [[UInt8]])
    func invalidUTF8IsRefusedWithItsPlace(_ bytes: [UInt8]) {
        let error = failure(Array("a: 1\nb: ".utf8) + bytes)
        #expect(error?.message.hasPrefix("the text is not UTF-8") == true)
        #expect(error?.position == TextPosition(line: 2, column: 4))
    }

    @Test func utf16IsNamed() {
        #expect(failure([0xFF, 0xFE, 0x61, 0x00])?.message == "the text is UTF-16")
    }

    @Test func aSourceThatIsTooLargeIsRefusedUnread() {
        let bytes = [UInt8](repeating: UInt8(ascii: "#"), count: Source.maximumSize + 1)
        #expect(
            failure(bytes)?.message == "the source is larger than 256 MB")
    }
}
