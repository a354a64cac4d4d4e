// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import PolicyTestKit
import Testing
import Yams

@Suite("What others say of the manifests") struct SchemaTests {
    /// Kubernetes's published schemas, which `Tools/test` installs from PyPI.
    private static let validator = Tool(
        "kubernetes-validate",
        preferred: DeploymentFiles.repository
            .appendingPathComponent(".build/kubernetes-schemas/bin/kubernetes-validate").path)

    private static let kubectl = Tool("kubectl")

    private static let noValidator = """
        no kubernetes-validate: Tools/test installs it from PyPI, where that can be reached
        """

    /// The oldest version that the validator has and that is in use, and the newest here.
    private static let versions = ["1.28", "1.34", "1.37"]

    @Test(
        "the published schemas allow them, and every field in them",
        .needs(validator, noValidator), arguments: versions)
    func schema(version: String) throws {
        let files = DeploymentFiles.manifests.map {
            DeploymentFiles.kubernetes.appendingPathComponent($0).path
        }
        let verdict = try #require(Self.validator)
            .run(["--strict", "--kubernetes-version", version] + files)
        #expect(verdict.exitCode == 0, "\(verdict.output)\(verdict.errors)")
        let passed = (verdict.output + verdict.errors).split(separator: "\n")
            .count { $0.contains(" passed for resource ") }
        #expect(passed == files.count)
    }

    @Test("the schemas refuse a field that is misspelt", .needs(validator, noValidator))
    func misspelt() throws {
        let text = try DeploymentFiles.text("kubernetes/daemonset.yaml")
            .replacingOccurrences(of: "readOnlyRootFilesystem", with: "readOnlyRootFileSystem")
        let file = FileManager.default.temporaryDirectory
            .appendingPathComponent("sluice-\(UUID().uuidString).yaml")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let verdict = try #require(Self.validator)
            .run(["--strict", "--kubernetes-version", "1.37", file.path])
        #expect(verdict.exitCode != 0)
        #expect((verdict.output + verdict.errors).contains("readOnlyRootFileSystem"))
    }

    @Test("kubectl builds them all", .needs(kubectl, "no kubectl"))
    func kustomize() throws {
        #expect(
            Set(try Self.built().objects)
                == Set(
                    try DeploymentFiles.manifests.map {
                        try DeploymentFiles.decode($0, as: AnyManifest.self)
                    }))
    }

    @Test(
        "a server takes them",
        .needs(kubectl, "no kubectl"),
        .enabled(
            if: ProcessInfo.processInfo.environment["KUBECONFIG"] != nil,
            "KUBECONFIG names no server to ask"))
    func server() throws {
        // Without being carried out: the namespace need not exist, so another stands for it.
        let text = try Self.built().text.replacingOccurrences(of: "sluice-system", with: "default")
        let verdict = try #require(Self.kubectl)
            .run(["apply", "--dry-run=server", "--filename", "-"], input: text)
        #expect(verdict.exitCode == 0, "\(verdict.output)\(verdict.errors)")
    }

    private static func built() throws -> (text: String, objects: [AnyManifest]) {
        let run = try #require(kubectl).run(["kustomize", DeploymentFiles.kubernetes.path])
        try #require(run.exitCode == 0, "\(run.errors)")
        let documents = run.output.components(separatedBy: "\n---\n")
        return (
            run.output, try documents.map { try YAMLDecoder().decode(AnyManifest.self, from: $0) }
        )
    }
}
