// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Logging
import Synchronization

/// Whether a server sends lists as the beginning of a watch, which costs it less memory. Those that do
/// not are not asked a second time.
final class StreamedLists: Sendable {
    private let isRefused: Mutex<Bool>
    private let logger: Logger

    init(_ isWanted: Bool, _ logger: Logger) {
        isRefused = Mutex(!isWanted)
        self.logger = logger
    }

    /// Whether the server is to be asked for it.
    var areServed: Bool { isRefused.withLock { !$0 } }

    /// The server has said that it does not.
    func refuse(_ error: KubernetesError) {
        let isNews = isRefused.withLock { refused in
            defer { refused = true }
            return !refused
        }
        guard isNews else { return }
        logger.info(
            "the server does not stream lists; they are read in pages",
            metadata: ["answer": "\(error.cause)"])
    }
}
