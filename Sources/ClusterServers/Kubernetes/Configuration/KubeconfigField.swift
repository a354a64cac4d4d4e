// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import Yams

/// A value in a kubeconfig, and where it stands.
struct KubeconfigField {
    let file: String
    let path: String
    let node: Node

    /// The root of a file's content; nil if it is empty.
    static func root(of text: String, in file: String) throws(KubernetesError) -> KubeconfigField? {
        do {
            guard let node = try Yams.compose(yaml: text), node.null == nil else { return nil }
            let root = KubeconfigField(file: file, path: "", node: node)
            guard node.isMapping else { throw root.error("is no kubeconfig", remedy: nil) }
            return root
        } catch let error as KubernetesError {
            throw error
        } catch {
            let lines = "\(error)".split(whereSeparator: \.isNewline)
            throw KubernetesError(
                .configuration, "read kubeconfig \(file)",
                lines.first.map(String.init) ?? "is no YAML", remedy: "write it in YAML or JSON")
        }
    }

    /// A member; nil if it is absent or null.
    subscript(_ name: String) -> KubeconfigField? {
        guard let member = node.mapping?[name], member.null == nil else { return nil }
        return KubeconfigField(
            file: file, path: path.isEmpty ? name : "\(path).\(name)", node: member)
    }

    /// A value that is wrong.
    func error(_ message: String, remedy: String?) -> KubernetesError {
        let line = node.mark.map { ":\($0.line)" } ?? ""
        let place = path.isEmpty ? message : "\(path) \(message)"
        return KubernetesError(
            .configuration, "read kubeconfig \(file)\(line)", place, remedy: remedy)
    }

    /// The text of a member; nil if it is absent or empty.
    func text(_ name: String) throws(KubernetesError) -> String? {
        guard let member = self[name] else { return nil }
        guard let text = member.node.scalar?.string else {
            throw member.error("is no text", remedy: "write one value")
        }
        return text.isEmpty ? nil : text
    }

    /// Whether a member is true; no if it is absent.
    func flag(_ name: String) throws(KubernetesError) -> Bool {
        guard let member = self[name] else { return false }
        guard let value = member.node.bool else {
            throw member.error("is neither true nor false", remedy: nil)
        }
        return value
    }

    /// The elements of a member; none if it is absent.
    func elements(_ name: String) throws(KubernetesError) -> [KubeconfigField] {
        guard let member = self[name] else { return [] }
        guard let nodes = member.node.sequence else {
            throw member.error("is no list", remedy: nil)
        }
        return nodes.enumerated().map {
            KubeconfigField(file: file, path: "\(member.path)[\($0.offset)]", node: $0.element)
        }
    }

    /// The texts of a member; none if it is absent.
    func texts(_ name: String) throws(KubernetesError) -> [String] {
        var texts: [String] = []
        for element in try elements(name) {
            guard let text = element.node.scalar?.string else {
                throw element.error("is no text", remedy: "write one value")
            }
            texts.append(text)
        }
        return texts
    }

    /// The path of a file that a member names, which begins at the kubeconfig's own folder.
    func file(_ name: String) throws(KubernetesError) -> String? {
        try text(name).map(beside)
    }

    /// A path as seen from the kubeconfig's own folder.
    func beside(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
        return folder.appendingPathComponent(path).standardizedFileURL.path
    }

    /// What stands in a member in base64, or in the file that another one names; the first goes
    /// before the second.
    func content(_ name: String) throws(KubernetesError) -> FileContent? {
        if let text = try text("\(name)-data"), let member = self["\(name)-data"] {
            guard let data = Data(base64Encoded: text, options: .ignoreUnknownCharacters),
                !data.isEmpty
            else { throw member.error("is no base64", remedy: "encode the PEM text in base64") }
            return .data([UInt8](data))
        }
        return try file(name).map(FileContent.file)
    }
}

extension Node {
    fileprivate var isMapping: Bool { mapping != nil }
}
