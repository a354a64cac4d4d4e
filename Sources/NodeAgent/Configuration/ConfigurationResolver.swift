// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Looks for each key in the layers, first things first.
struct ConfigurationResolver {
    private let layers: [[ConfigurationKey: WrittenValue]]
    private let named: Set<String>
    private let reportsMissing: Bool
    private(set) var origins: [ConfigurationKey: ConfigurationOrigin] = [:]
    private(set) var problems: [ConfigurationProblem] = []

    init(
        layers: [[ConfigurationKey: WrittenValue]], named: Set<String>, reportsMissing: Bool
    ) {
        self.layers = layers
        self.named = named
        self.reportsMissing = reportsMissing
    }

    /// Replaces a default by what is written.
    mutating func set<Value>(
        _ key: ConfigurationKey, _ value: inout Value, _ parse: (String) -> Value?
    ) {
        if let written = find(key, { $0.last.flatMap(parse) }) { value = written }
    }

    mutating func required(
        _ key: ConfigurationKey, missing: String, _ parse: (String) -> String?
    ) -> String? {
        find(key, orReport: missing, { $0.last.flatMap(parse) })
    }

    /// What the source needs to know. What is written about others is an error where it cannot have
    /// come by chance, with a flag or in the file.
    mutating func setSource(_ configuration: inout AgentConfiguration) {
        // Standard input has an end, and cannot be followed.
        let paths = { (texts: [String]) in
            texts.isEmpty || texts.contains { $0.isEmpty || $0 == "-" } ? nil : texts
        }
        if configuration.source == .files {
            configuration.filename =
                find(.filename, orReport: "no manifests are named", paths) ?? []
        } else {
            configuration.filename = find(.filename, paths) ?? []
        }
        let urls = { (texts: [String]) in
            !texts.isEmpty && texts.allSatisfy(Self.isURL) ? texts : nil
        }
        configuration.etcdEndpoints =
            (configuration.source == .etcd
                ? find(.etcdEndpoints, orReport: "no member of etcd is named", urls)
                : find(.etcdEndpoints, urls)) ?? []
        let texts: [(ConfigurationKey, WritableKeyPath<AgentConfiguration, String?>)] = [
            (.kubeconfig, \.kubeconfig), (.context, \.context), (.etcdCacert, \.etcdCacert),
            (.etcdCert, \.etcdCert),
            (.etcdKey, \.etcdKey), (.etcdUsername, \.etcdUsername),
            (.etcdPasswordFile, \.etcdPasswordFile),
        ]
        for (key, path) in texts {
            set(key, &configuration[keyPath: path]) { $0.isEmpty ? nil : .some($0) }
        }
        reportForeign(to: configuration.source)
    }

    private static func isURL(_ text: String) -> Bool {
        (text.hasPrefix("http://") || text.hasPrefix("https://"))
            && !text.dropFirst("http://".count).allSatisfy { $0 == "/" }
    }

    private mutating func reportForeign(to source: SourceChoice) {
        for key in ConfigurationKey.allCases {
            guard let only = key.onlySource, only != source, key != .namespace else { continue }
            let origin = layers.compactMap { $0[key]?.origin }.first {
                if case .variable = $0 { false } else { true }
            }
            guard let origin else { continue }
            problems.append(
                ConfigurationProblem(
                    origin.description, key: origin.isInFile ? key.rawValue : nil,
                    "is of no use where the source is \(source.rawValue)",
                    remedy: "leave it out, or give --source \(only.rawValue)"))
        }
    }

    private mutating func find<Value>(
        _ key: ConfigurationKey, orReport missing: String, _ parse: ([String]) -> Value?
    ) -> Value? {
        let value = find(key, parse)
        let isNamed = named.contains(key.rawValue) || layers.contains { $0[key] != nil }
        if reportsMissing, !isNamed {
            problems.append(
                ConfigurationProblem(
                    key.rawValue, missing,
                    remedy:
                        "give \(key.flag), \(key.variable), or \(key.rawValue) in the configuration file"
                ))
        }
        return value
    }

    /// What the first layer with a good value says. Bad ones of all layers are reported.
    private mutating func find<Value>(
        _ key: ConfigurationKey, _ parse: ([String]) -> Value?
    ) -> Value? {
        var result: Value?
        for case let written? in layers.map({ $0[key] }) {
            if let value = parse(written.texts) {
                if result == nil {
                    result = value
                    origins[key] = written.origin
                }
            } else {
                let texts = written.texts.map(LineText.json).joined(separator: ", ")
                problems.append(
                    ConfigurationProblem(
                        written.origin.description,
                        key: written.origin.isInFile ? key.rawValue : nil,
                        "\(texts) is not allowed", remedy: "write \(key.allowed)"))
            }
        }
        if result == nil { origins[key] = .standard }
        return result
    }
}
