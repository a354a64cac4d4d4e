// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A value as it was written in one of the places that configuration comes from.
struct WrittenValue: Hashable, Sendable {
    /// Several for a list, otherwise one.
    var texts: [String]
    /// Where it stands.
    var origin: ConfigurationOrigin
}

/// Where a value of the configuration comes from.
public enum ConfigurationOrigin: Hashable, Sendable {
    /// A flag of the command line.
    case flag(String)
    /// An environment variable.
    case variable(String)
    /// A line of the file, from 1.
    case file(String, line: Int)
    /// Nobody said anything else.
    case standard

    var isInFile: Bool {
        if case .file = self { true } else { false }
    }
}

extension ConfigurationOrigin: CustomStringConvertible {
    /// `--listen`, `SLUICE_LISTEN`, `agent.yaml:3` or `default`.
    public var description: String {
        switch self {
        case .flag(let name), .variable(let name): name
        case .file(let name, let line): "\(LineText.printable(name)):\(line)"
        case .standard: "default"
        }
    }
}
