// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A configuration, and where each of its values comes from.
public struct ResolvedConfiguration: Hashable, Sendable {
    /// The values.
    public var configuration: AgentConfiguration
    /// An origin for each key.
    public var origins: [ConfigurationKey: ConfigurationOrigin]

    /// The configuration as a file that means the same, with the origins as comments.
    public var yaml: String {
        let lines: [(text: String, key: ConfigurationKey)] = ConfigurationKey.allCases.map { key in
            ("\(key.rawValue): \(value(of: key))", key)
        }
        let width = lines.map(\.text.count).filter { $0 <= 50 }.max() ?? 0
        return lines.map { text, key in
            let padding = String(repeating: " ", count: max(0, width - text.count))
            return "\(text)\(padding)  # \(origins[key] ?? .standard)\n"
        }.joined()
    }

    /// The defaults as a file has them; keys that must be given have none.
    public static let defaults: [ConfigurationKey: String] = {
        let standard = ResolvedConfiguration(
            configuration: AgentConfiguration(node: "", filename: []), origins: [:])
        return ConfigurationKey.allCases.filter { $0 != .node && $0 != .filename }
            .reduce(into: [:]) { $0[$1] = standard.value(of: $1) }
    }()

    private func value(of key: ConfigurationKey) -> String {
        switch key {
        case .node: LineText.json(configuration.node)
        case .filename: "[\(configuration.filename.map(LineText.json).joined(separator: ", "))]"
        case .namespace: LineText.json(configuration.namespace)
        case .listen:
            configuration.listen.map { listen in
                // Brackets would begin a list.
                listen.address.family == .ipv6 ? LineText.json("\(listen)") : "\(listen)"
            } ?? "off"
        case .ownership: configuration.ownership.rawValue
        case .logLevel: configuration.logLevel.rawValue
        case .logFormat: configuration.logFormat.rawValue
        case .coalesce: DurationText.text(configuration.coalesce)
        case .cleanup: "\(configuration.cleanup)"
        case .resync: configuration.resync.map(DurationText.text) ?? "off"
        case .verify: configuration.verify.map(DurationText.text) ?? "off"
        }
    }
}
