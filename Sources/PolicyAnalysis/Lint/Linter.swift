// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyDocuments
import PolicyModel

/// Looks for what in manifests is probably not as its author meant it.
///
/// ```swift
/// var decoder = DocumentDecoder(readsWorkloads: true)
/// decoder.keepsLayouts = true
/// for finding in Linter(decoder.decode(sources)).report().findings { print(finding) }
/// ```
public struct Linter: Sendable {
    /// What objects disable for themselves: ids of rules, with commas between them.
    public static let annotation = "sluice.dev/lint-disable"

    private let documents: DecodedDocuments
    private let rules: Set<LintRule>

    /// - Parameters:
    ///   - documents: Decoded with layouts, and with workloads if these are to count.
    ///   - disabled: The rules that are not asked.
    ///   - isPedantic: Whether the pedantic rules are asked too.
    public init(
        _ documents: DecodedDocuments, disabled: Set<LintRule> = [], isPedantic: Bool = false
    ) {
        self.documents = documents
        rules = Set(LintRule.allCases.filter { isPedantic || !$0.isPedantic })
            .subtracting(disabled)
    }

    /// Asks all rules.
    public func report() -> LintReport {
        let cluster = LintedCluster(documents)
        var findings = (documents.diagnostics + cluster.assembly.diagnostics).map(Finding.init)
        for policy in cluster.policies {
            findings +=
                policy.isKubernetes
                ? policy.allowingFindings(in: cluster) : policy.orderedFindings(in: cluster)
        }
        findings += cluster.redundancyFindings
        findings += cluster.unreachableFindings
        findings += cluster.stagedFindings
        findings += cluster.resolverFindings
        findings += cluster.ungovernedPods
        findings = findings.filter { rules.contains($0.rule) && !isSuppressed($0) }
        findings += wrongSuppressions
        let skipped =
            cluster.hasPods
            ? [] : LintRule.allCases.filter { $0.needsPods && rules.contains($0) }
        return LintReport(findings: findings.sorted(by: Finding.isBefore), skippedRules: skipped)
    }

    private func isSuppressed(_ finding: Finding) -> Bool {
        guard let object = finding.object, let layout = documents.layouts[object] else {
            return false
        }
        return Self.disabledRules(layout).contains(finding.rule.rawValue)
    }

    private static let annotationPath = "metadata.annotations[\(annotation)]"

    private static func disabledRules(_ layout: ObjectLayout) -> [String] {
        (layout.text(annotationPath) ?? "").split { ", \t\n".contains($0) }.map(String.init)
    }

    /// Annotations that name no rule, and so disable nothing.
    private var wrongSuppressions: [Finding] {
        guard rules.contains(.doubtfulField) else { return [] }
        return documents.layouts.flatMap { object, layout in
            Self.disabledRules(layout).filter { LintRule(rawValue: $0) == nil }.map { name in
                let meant = NearMiss.of(name, among: LintRule.allCases.map(\.rawValue))
                return Finding(
                    .doubtfulField, at: layout.origin(of: Self.annotationPath), object: object,
                    field: Self.annotationPath,
                    message: "\(MessageText.quoted(name)) is no rule of lint",
                    remedy: meant.map { "did you mean \($0)?" } ?? "see sluice lint --list-rules")
            }
        }
    }
}

extension LintedPolicy {
    /// What the rules find that are about NetworkPolicies.
    fileprivate func allowingFindings(in cluster: LintedCluster) -> [Finding] {
        selectionFindings(in: cluster) + peerFindings(in: cluster)
            + separatedSelectorFindings(in: cluster) + labelFindings(in: cluster)
            + portFindings(in: cluster) + typeFindings(in: cluster) + repetitionFindings
    }

    /// What the rules find that are about policies whose rules are asked in order.
    fileprivate func orderedFindings(in cluster: LintedCluster) -> [Finding] {
        hostFindings(in: cluster) + selectorFindings(in: cluster)
    }
}

/// What ``Linter`` found.
public struct LintReport: Hashable, Sendable {
    /// By source and line.
    public var findings: [Finding]
    /// The rules that could not be asked, because the input has no pods.
    public var skippedRules: [LintRule]

    /// Whether anything is more than a note.
    public var hasProblems: Bool { findings.contains { $0.severity != .note } }

    /// How many findings there are of a severity.
    public func count(_ severity: Finding.Severity) -> Int {
        findings.count { $0.severity == severity }
    }
}

extension Finding {
    /// A problem that the decoder found.
    fileprivate init(_ diagnostic: Diagnostic) {
        let rule: LintRule =
            switch diagnostic.topic {
            case .unknownField: .unknownField
            case .hostBits: .hostBits
            case .exceptOutsideBlock: .invalidExcept
            case .invertedPortRange: .invertedPortRange
            case .definedTwice: .duplicateObject
            case .sharedAddress: .sharedAddress
            case .missingProfile: .missingProfile
            case .emptySource: .emptySource
            case .other: diagnostic.severity == .error ? .invalidObject : .doubtfulField
            }
        self.init(
            rule, diagnostic.severity == .error ? .error : .warning, at: diagnostic.origin,
            object: diagnostic.object, field: diagnostic.field, message: diagnostic.message,
            remedy: diagnostic.remedy)
    }
}
