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
        let relevant = ConfigurationKey.allCases.filter {
            $0 == .namespace || $0.onlySource == nil || $0.onlySource == configuration.source
        }
        let lines: [(text: String, key: ConfigurationKey)] = relevant.compactMap { key in
            value(of: key).map { ("\(key.rawValue): \($0)", key) }
        }
        let width = lines.map(\.text.count).filter { $0 <= 50 }.max() ?? 0
        return lines.map { text, key in
            let padding = String(repeating: " ", count: max(0, width - text.count))
            return "\(text)\(padding)  # \(origins[key] ?? .standard)\n"
        }.joined()
    }

    /// The defaults as a file has them; keys that must be given, or may be left out, have none.
    public static let defaults: [ConfigurationKey: String] = {
        let standard = ResolvedConfiguration(
            configuration: AgentConfiguration(node: ""), origins: [:])
        return ConfigurationKey.allCases.filter { $0 != .node }
            .reduce(into: [:]) { $0[$1] = standard.value(of: $1) }
    }()

    /// Nil where there is no value.
    private func value(of key: ConfigurationKey) -> String? {
        switch key {
        case .node: LineText.json(configuration.node)
        case .source: configuration.source.rawValue
        case .filename: Self.list(configuration.filename)
        case .kubeconfig: configuration.kubeconfig.map(LineText.json)
        case .context: configuration.context.map(LineText.json)
        case .events: "\(configuration.events)"
        case .etcdEndpoints: Self.list(configuration.etcdEndpoints)
        case .etcdCacert: configuration.etcdCacert.map(LineText.json)
        case .etcdCert: configuration.etcdCert.map(LineText.json)
        case .etcdKey: configuration.etcdKey.map(LineText.json)
        case .etcdUsername: configuration.etcdUsername.map(LineText.json)
        case .etcdPasswordFile: configuration.etcdPasswordFile.map(LineText.json)
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
        case .interfaces: configuration.interfaces.rawValue
        case .statusDirectory: configuration.statusDirectory.map(LineText.json) ?? "off"
        case .verify: configuration.verify.map(DurationText.text) ?? "off"
        }
    }

    private static func list(_ values: [String]) -> String? {
        values.isEmpty ? nil : "[\(values.map(LineText.json).joined(separator: ", "))]"
    }
}
