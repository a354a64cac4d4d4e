// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyDocuments
import PolicyModel
import PolicyVerification

/// Holds what authors expect of policies against what the policies say.
///
/// ```swift
/// let run = PolicyTestRun(suite, documents)
/// for result in run.results where !result.hasPassed { print(result.name) }
/// ```
public struct PolicyTestRun: Hashable, Sendable {
    /// Of each test, in the order of the text.
    public let results: [PolicyTestResult]
    /// The expectations that cannot be tested. With any there is no verdict.
    public let diagnostics: [Diagnostic]

    /// Runs the tests of a suite.
    ///
    /// - Parameter documents: The manifests and the suite's own objects, decoded with layouts and
    ///   workloads.
    public init(_ suite: PolicyTestSuite, _ documents: DecodedDocuments) {
        var examination = ExpectationExamination(documents)
        results = suite.tests.map { test in
            var result = PolicyTestResult(name: test.name, origin: test.origin)
            for expectation in test.expectations {
                examination.examine(expectation, in: &result)
            }
            return result
        }
        diagnostics = examination.diagnostics
    }
}

/// What came of one test.
public struct PolicyTestResult: Hashable, Sendable {
    /// The test's name.
    public var name: String
    /// Where the test stands.
    public var origin: Origin
    /// How many pairs of addresses were judged, each at all ports that were asked about.
    public var pairCount = 0
    /// What is otherwise than it was expected.
    public var failures: [PolicyTestFailure] = []

    /// Whether all is as expected.
    public var hasPassed: Bool { failures.isEmpty }
}

/// Traffic that meets another fate than was expected.
public struct PolicyTestFailure: Hashable, Sendable {
    /// Where the expectation stands.
    public var origin: Origin
    /// What was expected; the policies say the contrary.
    public var expected: TrafficExpectation.Verdict
    /// Who sends.
    public var sender: String
    /// Who receives.
    public var receiver: String
    /// At which ports: `443/tcp`.
    public var ports: String
    /// What decides so, a line for each direction that has a part in it.
    public var reasons: [String]
}

extension PolicyTestFailure: CustomStringConvertible {
    /// `expected allow, got deny: ingress/controller -> shop/web, 443/tcp`.
    public var description: String {
        let got = expected == .allow ? TrafficExpectation.Verdict.deny : .allow
        return "expected \(expected.rawValue), got \(got.rawValue): "
            + "\(sender) -> \(receiver), \(ports)"
    }
}
