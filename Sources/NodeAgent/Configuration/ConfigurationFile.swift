// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import Yams

/// A configuration file: one YAML mapping from the names of ``ConfigurationKey`` to values.
public struct ConfigurationFile: Hashable, Sendable {
    /// The environment variable that names the file if no flag does.
    public static let variable = "SLUICE_CONFIG"
    /// The largest file that is read, in bytes.
    public static let maximumSize = 1 << 20

    /// The name by which messages speak of it.
    public var name: String
    /// Its content.
    public var text: String

    /// A file of this name and content.
    public init(name: String, text: String) {
        self.name = name
        self.text = text
    }

    /// Reads the file that the flag `--config` names, or else the environment; nil if neither does.
    ///
    /// - Throws: an error that names the file, if it cannot be read or is no text.
    public static func read(
        flag path: String?, environment: [String: String]
    ) throws(ConfigurationErrors) -> ConfigurationFile? {
        let named = environment[variable].flatMap { $0.isEmpty ? nil : $0 }
        guard let path = path ?? named else { return nil }
        func problem(_ message: String, _ remedy: String) -> ConfigurationErrors {
            ConfigurationErrors(problems: [ConfigurationProblem(path, message, remedy: remedy)])
        }
        let remedy = "check the path that --config or \(variable) gives"
        let data: Data
        do {
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            data = try file.read(upToCount: maximumSize + 1) ?? Data()
        } catch {
            let reason = FileManager.default.fileExists(atPath: path) ? "" : ": it does not exist"
            throw problem("the configuration file cannot be read\(reason)", remedy)
        }
        guard data.count <= maximumSize else {
            throw problem("the configuration file has more than \(maximumSize) bytes", remedy)
        }
        guard let text = String(bytes: data, encoding: .utf8) else {
            throw problem("the configuration file is not UTF-8", "save it as UTF-8")
        }
        return ConfigurationFile(name: path, text: text)
    }

    /// What the file says, and all that is wrong with its form.
    func values() -> (values: [ConfigurationKey: WrittenValue], problems: [ConfigurationProblem]) {
        do {
            return values(in: try mapping())
        } catch {
            return ([:], [error])
        }
    }

    private func mapping() throws(ConfigurationProblem) -> Node.Mapping? {
        var roots: [Node] = []
        do {
            let parser = try Yams.Parser(yaml: text, encoding: .utf8)
            while let root = try parser.nextRoot() { roots.append(root) }
        } catch let error as YamlError {
            throw problem(error)
        } catch {
            throw ConfigurationProblem(name, "not valid YAML: \(error)", remedy: "correct it")
        }
        guard roots.count <= 1 else {
            throw ConfigurationProblem(
                place(roots[1]), "the file holds several documents", remedy: "keep one")
        }
        guard let root = roots.first, !isNull(root) else { return nil }
        guard let mapping = root.mapping else {
            throw ConfigurationProblem(
                place(root), "the file is not a mapping",
                remedy: "write keys and values, such as: node: node-a")
        }
        return mapping
    }

    private func values(
        in mapping: Node.Mapping?
    ) -> ([ConfigurationKey: WrittenValue], [ConfigurationProblem]) {
        var values: [ConfigurationKey: WrittenValue] = [:]
        var problems: [ConfigurationProblem] = []
        for (node, value) in mapping ?? [:] {
            let name = node.scalar?.string
            guard let name, let key = ConfigurationKey(rawValue: name) else {
                let known = ConfigurationKey.allCases.map(\.rawValue).joined(separator: ", ")
                problems.append(
                    ConfigurationProblem(
                        place(node), key: name, "there is no such key",
                        remedy: "the keys are \(known)"))
                continue
            }
            do {
                let origin = ConfigurationOrigin.file(self.name, line: node.mark?.line ?? 1)
                values[key] = WrittenValue(texts: try texts(value, of: key), origin: origin)
            } catch {
                problems.append(error)
            }
        }
        return (values, problems)
    }

    /// The texts of a value of the right type.
    private func texts(
        _ node: Node, of key: ConfigurationKey
    ) throws(ConfigurationProblem) -> [String] {
        guard key.separator != nil else { return try texts(node, of: key, key.allowed) }
        guard case .sequence(let elements) = node else {
            throw wrongType(node, key, "a list of \(key.allowed)")
        }
        var list: [String] = []
        for element in elements { list += try texts(element, of: key, key.allowed) }
        return list
    }

    private func texts(
        _ node: Node, of key: ConfigurationKey, _ allowed: String
    ) throws(ConfigurationProblem) -> [String] {
        guard let scalar = node.scalar, !isNull(node) else { throw wrongType(node, key, allowed) }
        let isPlain = scalar.style == .plain
        switch key {
        case .node, .namespace, .filename, .kubeconfig, .context, .etcdEndpoints, .etcdCacert,
            .etcdCert, .etcdKey, .etcdUsername, .etcdPasswordFile:
            // Elsewhere `off` and `0` are meant as they are written.
            let isText = !isPlain || node.tag == Tag(.str)
            guard isText else {
                throw wrongType(node, key, "\(allowed); in quotes if it looks like a number")
            }
        case .cleanup, .events:
            guard isPlain else { throw wrongType(node, key, "\(allowed), without quotes") }
        default: break
        }
        return [scalar.string]
    }

    private func isNull(_ node: Node) -> Bool {
        node.scalar?.style == .plain && node.tag == Tag(.null)
    }

    private func wrongType(
        _ node: Node, _ key: ConfigurationKey, _ allowed: String
    ) -> ConfigurationProblem {
        let found =
            switch node {
            case .mapping: "a mapping"
            case .sequence: "a list"
            case .scalar(let scalar):
                isNull(node) ? "nothing" : LineText.json(scalar.string)
            case .alias: "an alias"
            }
        return ConfigurationProblem(
            place(node), key: key.rawValue, "the value is \(found), which is of the wrong type",
            remedy: "write \(allowed)")
    }

    private func place(_ node: Node) -> String { "\(name):\(node.mark?.line ?? 1)" }

    private func problem(_ error: YamlError) -> ConfigurationProblem {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return ConfigurationProblem(
                "\(name):\(mark.line)", "not valid YAML: \(problem)", remedy: "correct the line")
        case .duplicatedKeysInMapping(let keys, let context):
            return ConfigurationProblem(
                "\(name):\(context.mark.line)",
                key: keys.joined(separator: ", "), "the key appears more than once",
                remedy: "keep one")
        default:
            return ConfigurationProblem(
                name, "not valid YAML: \(LineText.printable("\(error)"))", remedy: "correct it")
        }
    }
}
