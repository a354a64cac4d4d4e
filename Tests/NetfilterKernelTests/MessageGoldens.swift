// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import RulesetDiff
import Testing

@testable import NetfilterKernel

/// An operation and the messages that it becomes, as bytes with their meaning.
struct MessageGolden: Sendable, CustomTestStringConvertible {
    var name: String
    var operation: RulesetDiff.Operation
    /// Hexadecimal; what follows `#` on a line is for people.
    var hex: String

    var testDescription: String { name }

    init(_ name: String, _ operation: RulesetDiff.Operation, hex: String) {
        self.name = name
        self.operation = operation
        self.hex = hex
    }

    var bytes: [UInt8] {
        hex.split(separator: "\n").flatMap { line in
            line.prefix { $0 != "#" }.split(separator: " ").compactMap { UInt8($0, radix: 16) }
        }
    }
}

@Suite("The bytes of messages")
struct MessageGoldenTests {
    @Test(
        "are those of the kernel's headers",
        arguments: MessageGolden.objectGoldens + MessageGolden.elementGoldens
            + MessageGolden.ruleGoldens)
    func golden(_ golden: MessageGolden) throws {
        let transaction = Transaction(table: "t", [golden.operation], generation: 0x0102_0304)
        var bytes = try Batch(transaction, firstSequence: 5).bytes
        if case .addTable = golden.operation {
        } else {
            // The beginning with a generation, and the end, are always alike.
            bytes = Array(bytes.dropFirst(28).dropLast(20))
        }
        #expect(bytes.count == golden.bytes.count)
        for (offset, (found, wanted)) in zip(bytes, golden.bytes).enumerated() {
            #expect(found == wanted, "at byte \(offset)")
        }
    }
}
