// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// One mistake in the configuration: where it stands, what is wrong, and what to write instead.
public struct ConfigurationProblem: Error, Hashable, Sendable {
    /// A flag, an environment variable, or a file with its line: `agent.yaml:3`.
    public var place: String
    /// The key, if the place does not say it already.
    public var key: String?
    /// What is wrong.
    public var message: String
    /// What to do about it.
    public var remedy: String

    init(_ place: String, key: String? = nil, _ message: String, remedy: String) {
        self.place = place
        self.key = key
        self.message = message
        self.remedy = remedy
    }
}

extension ConfigurationProblem: CustomStringConvertible {
    /// One line: `agent.yaml:3: ownership: "maybe" is not allowed; write auto, exclusive, monitor`.
    public var description: String {
        let head = [LineText.printable(place), key.map(LineText.printable)].compactMap(\.self)
        return "\(head.joined(separator: ": ")): \(message); \(remedy)"
    }
}

/// All mistakes in the configuration. There is at least one.
public struct ConfigurationErrors: Error, Hashable, Sendable {
    /// Those of the file's form first, then by key, and for each in the order of precedence.
    public var problems: [ConfigurationProblem]
}

extension ConfigurationErrors: CustomStringConvertible {
    /// A line for each.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
