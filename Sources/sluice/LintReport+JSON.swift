// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel
import NodeAgent
import PolicyAnalysis

extension LintReport {
    /// `{"findings": [{"rule": "selects-nothing", …}], "skippedRules": []}`.
    var json: JSONValue {
        .object([
            "findings": .array(findings.map(\.json)),
            "skippedRules": .array(skippedRules.map { .string($0.rawValue) }),
        ])
    }

    /// The report as static analysis tools exchange it (SARIF 2.1.0).
    var sarif: JSONValue {
        .object([
            "$schema": .string("https://json.schemastore.org/sarif-2.1.0.json"),
            "version": .string("2.1.0"),
            "runs": .array([
                .object([
                    "tool": .object([
                        "driver": .object([
                            "name": .string("sluice"),
                            "version": .string(SluiceVersion.current),
                            "rules": .array(LintRule.allCases.map(\.sarif)),
                        ])
                    ]),
                    "results": .array(findings.map(\.sarif)),
                ])
            ]),
        ])
    }
}

extension LintRule {
    fileprivate var sarif: JSONValue {
        .object([
            "id": .string(rawValue),
            "shortDescription": .object(["text": .string(explanation)]),
            "defaultConfiguration": .object(["level": .string(severity.rawValue)]),
        ])
    }
}

extension Finding {
    fileprivate var json: JSONValue {
        .object([
            "rule": .string(rule.rawValue),
            "severity": .string(severity.rawValue),
            "file": .string(origin.source),
            "line": .number(UInt64(origin.line)),
            "column": origin.column.map { .number(UInt64($0)) },
            "object": object.map { .string($0) },
            "field": field.map { .string($0) },
            "message": .string(message),
            "remedy": remedy.map { .string($0) },
        ])
    }

    /// SARIF's levels are called as the severities are.
    fileprivate var sarif: JSONValue {
        let parts = [object, field, message].compactMap(\.self).joined(separator: ": ")
        return .object([
            "ruleId": .string(rule.rawValue),
            "level": .string(severity.rawValue),
            "message": .object(["text": .string(remedy.map { "\(parts); \($0)" } ?? parts)]),
            "locations": .array([
                .object([
                    "physicalLocation": .object([
                        "artifactLocation": .object(["uri": .string(origin.source.asURI)]),
                        "region": .object([
                            "startLine": .number(UInt64(origin.line)),
                            "startColumn": origin.column.map { .number(UInt64($0)) },
                        ]),
                    ])
                ])
            ]),
        ])
    }
}

extension String {
    /// A path as a relative reference of RFC 3986: what stands for something else there is encoded.
    fileprivate var asURI: String {
        utf8.map { byte in
            let character = Character(UnicodeScalar(byte))
            let isPlain = byte < 0x80 && (character.isLetter || character.isNumber)
            if isPlain || "-._~/".utf8.contains(byte) { return String(character) }
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }
}
