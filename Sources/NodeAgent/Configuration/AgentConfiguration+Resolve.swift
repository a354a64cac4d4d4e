// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Logging
import PolicyDocuments

extension AgentConfiguration {
    /// The variable that names the node if nothing else does. It is what manifests commonly call
    /// the node's name from Kubernetes's downward API.
    public static let nodeNameVariable = "NODE_NAME"

    /// Puts the configuration together: flags win over the environment, which wins over the file,
    /// which wins over defaults. A list replaces the list of what it wins over.
    ///
    /// - Parameter flags: The texts given with each flag, one unless it can be repeated.
    /// - Parameter environment: All variables. `SLUICE_FILENAME` holds paths with colons between
    ///   them. Those without a value count as unset.
    /// - Parameter file: The file's content, if there is one.
    /// - Throws: all mistakes, those in what is won over too.
    public static func resolve(
        flags: [ConfigurationKey: [String]], environment: [String: String],
        file: ConfigurationFile?
    ) throws(ConfigurationErrors) -> ResolvedConfiguration {
        let written = file?.values() ?? (values: [:], problems: [])
        let layers = [values(flags), values(environment), written.values, fallback(environment)]
        // What the file names and cannot be read is not missing, and nor is what may stand in a
        // file that is no YAML.
        var resolver = Resolver(
            layers: layers, named: Set(written.problems.compactMap(\.key)),
            reportsMissing: written.problems.allSatisfy { $0.key != nil })
        let node = resolver.required(.node, missing: "no node is named") {
            DocumentDecoder.isNodeName($0) ? $0 : nil
        }
        let filename = resolver.filename()
        var configuration = AgentConfiguration(node: node ?? "", filename: filename ?? [])
        resolver.set(.namespace, &configuration.namespace) {
            DocumentDecoder.isNamespaceName($0) ? $0 : nil
        }
        resolver.set(.listen, &configuration.listen) {
            $0 == "off" ? .some(nil) : ListenAddress($0).map(Optional.some)
        }
        resolver.set(.ownership, &configuration.ownership) { OwnershipChoice(rawValue: $0) }
        resolver.set(.logLevel, &configuration.logLevel) { Logger.Level(rawValue: $0) }
        resolver.set(.logFormat, &configuration.logFormat) { LogFormat(rawValue: $0) }
        resolver.set(.coalesce, &configuration.coalesce) {
            DurationText.parse($0).flatMap { $0 <= .seconds(10) ? $0 : nil }
        }
        resolver.set(.cleanup, &configuration.cleanup) { Bool($0) }
        for (key, value) in [
            (ConfigurationKey.resync, \AgentConfiguration.resync), (.verify, \.verify),
        ] {
            resolver.set(key, &configuration[keyPath: value]) {
                if $0 == "off" { return .some(nil) }
                return DurationText.parse($0).flatMap { $0 >= .seconds(10) ? .some($0) : nil }
            }
        }
        let problems = written.problems + resolver.problems
        guard problems.isEmpty else { throw ConfigurationErrors(problems: problems) }
        return ResolvedConfiguration(configuration: configuration, origins: resolver.origins)
    }

    private static func values(
        _ flags: [ConfigurationKey: [String]]
    ) -> [ConfigurationKey: WrittenValue] {
        flags.filter { !$0.value.isEmpty }.reduce(into: [:]) {
            $0[$1.key] = WrittenValue(texts: $1.value, origin: .flag($1.key.flag))
        }
    }

    private static func values(
        _ environment: [String: String]
    ) -> [ConfigurationKey: WrittenValue] {
        ConfigurationKey.allCases.reduce(into: [:]) { values, key in
            guard let text = environment[key.variable], !text.isEmpty else { return }
            let texts = key == .filename ? text.split(separator: ":").map(String.init) : [text]
            values[key] = WrittenValue(texts: texts, origin: .variable(key.variable))
        }
    }

    private static func fallback(
        _ environment: [String: String]
    ) -> [ConfigurationKey: WrittenValue] {
        guard let name = environment[nodeNameVariable], !name.isEmpty else { return [:] }
        return [.node: WrittenValue(texts: [name], origin: .variable(nodeNameVariable))]
    }
}

/// Looks for each key in the layers, first things first.
private struct Resolver {
    let layers: [[ConfigurationKey: WrittenValue]]
    let named: Set<String>
    let reportsMissing: Bool
    var origins: [ConfigurationKey: ConfigurationOrigin] = [:]
    var problems: [ConfigurationProblem] = []

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

    /// The paths; standard input has an end, and cannot be followed.
    mutating func filename() -> [String]? {
        find(.filename, orReport: "no manifests are named") { paths in
            paths.isEmpty || paths.contains { $0.isEmpty || $0 == "-" } ? nil : paths
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
                let isInFile = if case .file = written.origin { true } else { false }
                let texts = written.texts.map(LineText.json).joined(separator: ", ")
                problems.append(
                    ConfigurationProblem(
                        written.origin.description, key: isInFile ? key.rawValue : nil,
                        "\(texts) is not allowed", remedy: "write \(key.allowed)"))
            }
        }
        if result == nil { origins[key] = .standard }
        return result
    }
}
