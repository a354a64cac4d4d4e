// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import Glibc
import PolicyTestKit

/// A `sluice agent` of its own, as a child process in a network namespace.
///
/// Use it from one thread at a time. It ends with the last reference to it.
public final class AgentProcess {
    /// How a process ended.
    public enum Ending: Hashable, Sendable {
        case exit(Int32)
        case signal(Int32)
    }

    /// The process's number.
    public let identifier: pid_t
    /// How it ended; nil while it has not been waited for.
    public private(set) var ending: Ending?

    private let logPath: String
    private let logStart: Int

    /// Starts an agent.
    ///
    /// - Parameters:
    ///   - arguments: those of `sluice agent`.
    ///   - logPath: the file to which its log is added.
    /// - Throws: `LabError` if it cannot be started.
    public convenience init(
        in namespace: PolicyTestKit.NetworkNamespace, _ arguments: [String], logPath: String
    ) throws {
        try self.init(
            in: namespace, command: [Self.executable, "agent"] + arguments, logPath: logPath)
    }

    /// Starts an agent by words of one's own, the first of which is the path of a program. Its process
    /// is the one that is known, signalled and waited for here, be it the agent or not.
    public init(
        in namespace: PolicyTestKit.NetworkNamespace, command words: [String], logPath: String
    ) throws {
        self.logPath = logPath
        logStart = (try? Data(contentsOf: URL(fileURLWithPath: logPath)).count) ?? 0
        identifier = try namespace.run { try Self.spawn(words, logPath) }
    }

    deinit { if ending == nil { kill() } }

    /// The command, which is built beside whatever runs this.
    public static let executable: String = {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        let candidates = [own, CommandLine.arguments[0]].compactMap(\.self).map {
            URL(fileURLWithPath: $0).deletingLastPathComponent().appendingPathComponent("sluice")
                .path
        }
        return candidates.first(where: FileManager.default.isExecutableFile) ?? "sluice"
    }()

    private static func spawn(_ arguments: [String], _ logPath: String) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(
            &actions, 1, logPath, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var child = pid_t()
        let failure = posix_spawn(&child, arguments[0], &actions, nil, &words, environ)
        guard failure == 0 else {
            throw LabError(operation: "start", object: arguments[0], errorNumber: failure)
        }
        return child
    }

    /// What it has written so far.
    public var log: String {
        let data = (try? Data(contentsOf: URL(fileURLWithPath: logPath))) ?? Data()
        return String(decoding: data.dropFirst(logStart), as: UTF8.self)
    }

    /// Sends a signal.
    public func signal(_ number: Int32) {
        if ending == nil { _ = Glibc.kill(identifier, number) }
    }

    /// Ends it at once and waits until everything that it held is closed.
    public func kill() {
        signal(SIGKILL)
        _ = awaitEnd(within: .seconds(30))
    }

    /// Waits for its end.
    ///
    /// - Returns: nil if it has not ended in time.
    public func awaitEnd(within patience: Duration) -> Ending? {
        let deadline = ContinuousClock.now + patience
        while ending == nil {
            var status: Int32 = 0
            if waitpid(identifier, &status, WNOHANG) == identifier {
                let signal = status & 0x7f
                ending = signal == 0 ? .exit(status >> 8 & 0xff) : .signal(signal)
            } else if ContinuousClock.now >= deadline {
                return nil
            } else {
                usleep(500)
            }
        }
        return ending
    }

    /// The processor's time that it has used, in seconds.
    public var processorTime: Double {
        let text = (try? String(contentsOfFile: "/proc/\(identifier)/stat", encoding: .utf8)) ?? ""
        // The second field is the name in parentheses, which may hold anything.
        let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
        guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13])
        else { return 0 }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}
