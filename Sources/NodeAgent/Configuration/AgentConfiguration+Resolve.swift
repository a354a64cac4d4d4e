// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Logging
import PolicyDocuments

extension AgentConfiguration {
    /// Puts the configuration together: flags win over the environment, which wins over the file,
    /// which wins over defaults. A list replaces the list of what it wins over.
    ///
    /// - Parameter flags: The texts given with each flag, one unless it can be repeated.
    /// - Parameter environment: All variables. Lists have ``ConfigurationKey/separator`` between
    ///   their elements. Those without a value count as unset.
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
        var resolver = ConfigurationResolver(
            layers: layers, named: Set(written.problems.compactMap(\.key)),
            reportsMissing: written.problems.allSatisfy { $0.key != nil })
        let node = resolver.required(.node, missing: "no node is named") {
            DocumentDecoder.isNodeName($0) ? $0 : nil
        }
        var configuration = AgentConfiguration(node: node ?? "")
        resolver.set(.source, &configuration.source) { SourceChoice(rawValue: $0) }
        resolver.setSource(&configuration)
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
        resolver.set(.events, &configuration.events) { Bool($0) }
        for (key, value) in [
            (ConfigurationKey.resync, \AgentConfiguration.resync), (.verify, \.verify),
        ] {
            resolver.set(key, &configuration[keyPath: value]) {
                if $0 == "off" { return .some(nil) }
                return DurationText.parse($0).flatMap { $0 >= .seconds(10) ? .some($0) : nil }
            }
        }
        resolver.set(.interfaces, &configuration.interfaces) { InterfaceSource(rawValue: $0) }
        resolver.set(.statusDirectory, &configuration.statusDirectory) {
            $0 == "off" ? .some(nil) : $0.hasPrefix("/") ? .some($0) : nil
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
        values(environment) { $0.variable }
    }

    private static func fallback(
        _ environment: [String: String]
    ) -> [ConfigurationKey: WrittenValue] {
        values(environment) { $0.customaryVariable }
    }

    private static func values(
        _ environment: [String: String], _ variable: (ConfigurationKey) -> String?
    ) -> [ConfigurationKey: WrittenValue] {
        ConfigurationKey.allCases.reduce(into: [:]) { values, key in
            guard let variable = variable(key), let text = environment[variable], !text.isEmpty
            else { return }
            let texts =
                key.separator.map { text.split(separator: $0).map(String.init) } ?? [text]
            values[key] = WrittenValue(texts: texts, origin: .variable(variable))
        }
    }
}
