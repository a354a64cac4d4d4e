// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc

/// A command that is run to its end.
///
/// The child is born in the network namespace of the thread that starts it.
public struct ChildProcess {
    /// The command and its arguments; the command is looked up in `PATH`.
    let arguments: [String]

    /// What the command reads from standard input.
    var input = ""

    /// A command with its arguments, and nothing on its standard input.
    public init(arguments: [String], input: String = "") {
        self.arguments = arguments
        self.input = input
    }

    /// How a command ended.
    public struct Ending: Sendable {
        /// What it wrote to standard output.
        public let output: String
        /// What it wrote to standard error.
        public let errors: String
        /// As `wait` gives it: 0, or 256 times the exit code, or a signal.
        let status: Int32

        /// Its exit code; of no meaning after a signal.
        public var exitCode: Int32 { status >> 8 & 0xff }
    }

    /// Runs the command and waits for its end.
    ///
    /// - Returns: what it wrote to standard output.
    /// - Throws: `LabError` when it cannot be started, or when it ends with anything but status
    ///   0; the reason then is what it wrote to standard error.
    @discardableResult
    func run() throws(LabError) -> String {
        let ending = try finish()
        guard ending.status == 0 else {
            throw error(ending.errors.isEmpty ? "wait status \(ending.status)" : ending.errors)
        }
        return ending.output
    }

    /// Runs the command and waits for its end, whatever that is.
    ///
    /// - Throws: `LabError` when it cannot be started.
    public func finish() throws(LabError) -> Ending {
        let input = try TextFile.temporary()
        let output = try TextFile.temporary()
        let errors = try TextFile.temporary()
        try input.write(self.input)

        let status = try wait(for: spawn(input: input, output: output, errors: errors))
        return Ending(output: output.contents, errors: errors.contents, status: status)
    }

    private func spawn(
        input: TextFile, output: TextFile, errors: TextFile
    ) throws(LabError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input.descriptor, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output.descriptor, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, errors.descriptor, STDERR_FILENO)

        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        defer {
            for word in words { free(word) }
        }
        words.append(nil)

        var child = pid_t()
        let errorNumber = posix_spawnp(&child, arguments[0], &actions, nil, words, environ)
        guard errorNumber == 0 else { throw error(String(cString: strerror(errorNumber))) }
        return child
    }

    private func wait(for child: pid_t) throws(LabError) -> Int32 {
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 {
            guard errno == EINTR else { throw error(String(cString: strerror(errno))) }
        }
        return status
    }

    private func error(_ reason: String) -> LabError {
        let reason = reason.split(separator: "\n").joined(separator: "; ")
        return LabError(
            operation: "run", object: arguments.joined(separator: " "), reason: reason)
    }
}
