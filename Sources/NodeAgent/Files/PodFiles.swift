// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import PolicyModel

/// Keeps a file for each pod whose policies are in force (S91), beside the agent's loop: a slow, full
/// or missing file system never makes that wait.
public actor PodFiles {
    /// What it is told, in order.
    public enum News: Sendable {
        /// The kernel has acknowledged all that is wanted, at this generation of its ruleset. These
        /// pods have changed since it was last told so; those that are nil are gone.
        case inForce([EndpointID: PodInForce?], generation: UInt32?)
        /// The kernel has not acknowledged what is wanted.
        case notInForce
        /// It is time to look whether the directory is as it has to be.
        case compare
    }

    /// How it stands.
    public struct Report: Hashable, Sendable {
        /// How many files there are.
        public var count: Int
        /// How many pods of the node should have one while their policies are in force.
        public var pods: Int
        /// Why not all is as it has to be, and what to do about it; nil if it is.
        public var problem: String?
    }

    /// When what failed is tried again.
    private static let retryDelay = Duration.seconds(5)

    private let directory: PodDirectory
    private let news: AsyncStream<News?>
    private let continuation: AsyncStream<News?>.Continuation
    private var wanted: [EndpointID: PodInForce] = [:]
    private var generation: UInt32?
    private var isInForce = false
    /// Nothing is touched before the policies have been in force once: files of an agent that has
    /// ended are as true as its rules, which still stand.
    private var hasBegun = false
    private var isCompared = false
    private var hasEnded = false
    private var isRetryDue = false
    private var written: [EndpointID: PodInForce] = [:]
    private var problem: String?
    /// The pods whose files may have to be changed.
    private var pending: Set<EndpointID> = []
    /// Those of them that have failed, and wait until it is time to try again: a full disk is not
    /// asked with every change.
    private var failed: Set<EndpointID> = []

    /// Files in this directory, which has to exist.
    public init(directory: String) {
        self.directory = PodDirectory(path: directory)
        (news, continuation) = AsyncStream.makeStream()
    }

    /// Says what has happened; returns at once.
    public nonisolated func tell(_ news: News) { continuation.yield(news) }

    /// Works until the task is cancelled.
    ///
    /// - Parameter report: gets how it stands whenever that has changed.
    public func run(_ report: @Sendable (Report) -> Void) async {
        var former: Report?
        for await news in news {
            let present = take(news)
            if present != former { report(present) }
            former = present
        }
    }

    /// Does nothing any more.
    ///
    /// - Parameter removing: whether to remove all files before, because the policies will no longer
    ///   be in force.
    public func end(removing: Bool) {
        if removing { _ = take(.notInForce) }
        hasEnded = true
        continuation.finish()
    }

    /// Carries out what news mean; nil: tries again what failed.
    @discardableResult
    public func take(_ news: News?) -> Report {
        if hasEnded { return Report(count: written.count, pods: wanted.count, problem: nil) }
        switch news {
        case .inForce(let changes, let generation):
            hasBegun = true
            self.generation = generation
            for (id, pod) in changes {
                wanted[id] = pod
                pending.insert(id)
                failed.remove(id)
            }
            if !isInForce { pending.formUnion(wanted.keys) }
            isInForce = true
        case .notInForce:
            if isInForce { pending.formUnion(written.keys) }
            isInForce = false
            failed = []
        case .compare:
            isCompared = false
            failed = []
        case nil:
            isRetryDue = false
            failed = []
        }
        if hasBegun { settle() }
        if problem != nil, !isRetryDue {
            isRetryDue = true
            let continuation = continuation
            Task {
                try? await Task.sleep(for: Self.retryDelay)
                continuation.yield(nil)
            }
        }
        return Report(count: written.count, pods: wanted.count, problem: problem)
    }

    /// Brings the directory to what is wanted, as far as that can be done.
    private func settle() {
        var first: String?
        func attempt(_ body: () throws(PodDirectoryError) -> Void) -> Bool {
            do throws(PodDirectoryError) {
                try body()
                return true
            } catch {
                first = first ?? error.description
                return false
            }
        }
        if !isCompared, !isRetryDue {
            isCompared = attempt { () throws(PodDirectoryError) in try compare() }
        }
        let time = Date()
        for id in pending.subtracting(failed).sorted() {
            let pod = isInForce ? wanted[id] : nil
            // Anew even where it says the same: its policies may have other rules.
            let isDone = attempt { () throws(PodDirectoryError) in
                if let pod {
                    try write(pod, time)
                } else if let former = written[id] {
                    try directory.remove(former)
                    written[id] = nil
                }
            }
            if isDone { pending.remove(id) } else { failed.insert(id) }
        }
        if first != nil || failed.isEmpty && isCompared { problem = first }
    }

    private func write(_ pod: PodInForce, _ time: Date) throws(PodDirectoryError) {
        do {
            try directory.write(pod, generation: generation, time: time)
            written[pod.id] = pod
        } catch {
            // What the old one says is true no longer.
            if let former = written[pod.id] {
                try directory.remove(former)
                written[pod.id] = nil
            }
            throw error
        }
    }

    /// Removes files that no pod has to have, such as those of a former agent, and makes sure that
    /// those are written which somebody has removed.
    private func compare() throws(PodDirectoryError) {
        let present = isInForce ? wanted : [:]
        let names = Set(present.values.compactMap(\.fileName))
        let found = try directory.removeStrangers(besides: names)
        for (id, pod) in present where !found.contains(pod.fileName ?? "") { pending.insert(id) }
    }
}
