// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import Glibc
import NftablesModel
import RulesetDiff
import Testing

@testable import NetfilterKernel

/// A fresh network namespace for one test, with its ruleset and the `nft` command in it. It ends
/// with the object.
final class NamespaceLab {
    struct CommandFailure: Error, CustomStringConvertible {
        var description: String
    }

    static let isPossible: Bool = {
        if geteuid() == 0 { return true }
        print("Kernel tests are left out: they make network namespaces, which takes root.")
        return false
    }()

    let namespace: NetworkNamespace
    let ruleset: KernelRuleset
    private let descriptor: Int32

    init() throws {
        descriptor = try NetworkNamespace.new.run {
            open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)
        }
        namespace = NetworkNamespace(path: "/proc/self/fd/\(descriptor)")
        ruleset = try KernelRuleset(in: namespace)
    }

    deinit { close(descriptor) }

    /// Loads nft text.
    @discardableResult
    func nft(load text: String) throws -> String { try run(["nft", "-f", "-"], input: text) }

    /// Runs nft with arguments and gives its standard output.
    @discardableResult
    func nft(_ arguments: String...) throws -> String { try run(["nft"] + arguments, input: "") }

    func run(_ arguments: [String], input: String) throws -> String {
        let output = try namespace.run {
            Result { try Self.run(arguments, input: input) }
        }
        return try output.get()
    }

    /// Runs a command in the calling thread's namespace. Input and output are files, so that no
    /// other test's child can hold them open.
    private static func run(_ arguments: [String], input: String) throws -> String {
        let paths = (0..<2).map { _ in NSTemporaryDirectory() + "sluice-\(UUID().uuidString)" }
        defer { for path in paths { unlink(path) } }
        try Data(input.utf8).write(to: URL(fileURLWithPath: paths[0]))
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, paths[0], O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, paths[1], O_WRONLY | O_CREAT, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var pointers = arguments.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var child = pid_t()
        let failure = posix_spawnp(&child, arguments[0], &actions, nil, &pointers, environ)
        guard failure == 0 else {
            throw CommandFailure(
                description: "\(arguments[0]): \(String(cString: strerror(failure)))")
        }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        let text = String(
            decoding: try Data(contentsOf: URL(fileURLWithPath: paths[1])), as: UTF8.self)
        guard status == 0 else {
            throw CommandFailure(description: "\(arguments.joined(separator: " ")): \(text)")
        }
        return text
    }

    /// Writes the table and reads it back.
    func writeAndRead(_ table: Table) throws -> ObservedTable {
        try ruleset.commit(Transaction(making: table))
        return try #require(try ruleset.read(table: table.name))
    }
}
