// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc

/// A wish to end: Ctrl-C, a request to terminate, a terminal or a reader that has gone.
///
/// Such signals are held back, in this process and in the commands that it starts, and looked for
/// between the steps; so the namespaces are removed before the process ends by the signal.
struct Interruption: Error {
    private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGPIPE]

    /// Holds the signals back from now on, but for those that whoever started the process has it
    /// ignore, as `nohup` does. Must come before any other thread is started.
    static func hold() {
        var set = signalSet(of: signals.filter { !isIgnored($0) })
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Lets the signals through; one that waits ends the process.
    static func release() {
        var set = signalSet(of: signals)
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
    }

    /// Whether a signal waits.
    static var isWanted: Bool {
        var waiting = sigset_t()
        sigpending(&waiting)
        return signals.contains { sigismember(&waiting, $0) == 1 }
    }

    /// Looks for a signal.
    ///
    /// - Throws: `Interruption` if one waits.
    static func check() throws(Interruption) {
        if isWanted { throw Interruption() }
    }

    private static func isIgnored(_ signal: Int32) -> Bool {
        var action = sigaction()
        sigaction(signal, nil, &action)
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1  // SIG_IGN
    }

    private static func signalSet(of signals: [Int32]) -> sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal) }
        return set
    }
}
