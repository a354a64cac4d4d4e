// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Testing

@testable import PolicyDocuments

@Suite("S73: plain scalars are read as go-yaml v2 reads them")
struct ScalarValueTests {
    @Test(arguments: [
        "y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE",
    ])
    func isTrue(_ text: String) { #expect(ScalarValue(plain: text) == .boolean(true)) }

    @Test(arguments: [
        "n", "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE",
    ])
    func isFalse(_ text: String) { #expect(ScalarValue(plain: text) == .boolean(false)) }

    @Test(arguments: ["", "~", "null", "Null", "NULL"])
    func isNull(_ text: String) { #expect(ScalarValue(plain: text) == .null) }

    @Test(arguments: [
        ("0", 0), ("80", 80), ("-5", -5), ("+7", 7), ("010", 8), ("0o17", 15), ("0O17", 15),
        ("0x1F", 31), ("0b101", 5), ("-0b11", -3), ("1_000", 1000), ("08", 8), ("80.0", 80),
        ("1e3", 1000), ("8.", 8), ("-0x10", -16), ("9223372036854775807", Int64.max),
    ])
    func isInteger(_ text: String, _ value: Int64) {
        #expect(ScalarValue(plain: text) == .integer(value))
    }

    @Test(arguments: [
        ("1.5", 1.5), (".5", 0.5), ("-.5", -0.5), ("1e-1", 0.1), (".inf", .infinity),
        ("-.Inf", -.infinity), ("1e21", 1e21), ("99999999999999999999", 1e20),
    ])
    func isNumber(_ text: String, _ value: Double) {
        #expect(ScalarValue(plain: text) == .number(value))
    }

    @Test(arguments: [
        "yEs", "oN", "tRUE", "nULL", "truely", "1:30", "190:20:30", "2024-03-01",
        "2024-03-01T10:00:00Z", "10.0.0.1", "10.0.0.0/8", "1e", "0x", "0xg", "0a7", "--1", "+-1",
        ".", "..", ".5_0", "1e999", "e3", "_1", "-", "+", "0b2", "fd00::1", "ab", "é",
    ])
    func isText(_ text: String) { #expect(ScalarValue(plain: text) == .string(text)) }

    @Test func notANumberIsANumber() {
        guard case .number(let value) = ScalarValue(plain: ".nan") else {
            Issue.record("not a number")
            return
        }
        #expect(value.isNaN)
    }
}
