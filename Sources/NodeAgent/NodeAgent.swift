// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterSources
import Foundation
import Logging
import NetfilterKernel
import NftablesModel
import PolicyModel
import ServiceLifecycle

/// Brings what a source tells of the cluster into force on one node, and keeps it there.
///
/// One loop takes what happens in turn: changes of the cluster, foreign changes of the ruleset, and
/// times at which something is due. Nothing is written before the source is complete. What fails is
/// tried again, ever less often; what was in force stays so meanwhile.
public actor NodeAgent: Service {
    /// What the loop waits for.
    private enum Event: Sendable {
        case source(SourceUpdate, received: ContinuousClock.Instant)
        case sourceEnded
        case ruleset
        case interfaces
        case routes
        case retry
        case clear
        case audit
        case bridges
        case proof(ProofResult)
        case files(PodFiles.Report)
        case inspect(isRoutine: Bool)
        case stop
    }

    /// How long what has gone out of use stands before it is deleted, so that what comes back is
    /// taken back and a burst is cleared away at once.
    private static let clearDelay = Duration.seconds(1)

    /// How long after governed pods have come or gone bridges are looked for: by then there are
    /// routes to them.
    private static let bridgeDelay = Duration.seconds(1)

    /// How long after a change everything is compared with the policies, where that has to be: a
    /// burst of changes is compared once.
    private static let proofDelay = Duration.seconds(1)

    /// When the interfaces are looked at again that could not be read.
    private static let interfaceDelay = Duration.seconds(1)

    private let configuration: AgentConfiguration
    private let prover: Prover?
    private var proof: ProofWatch?
    private let enforcer: Enforcer
    private let port: KernelPort
    private var interfaces: InterfaceWatch
    private let podFiles: PodFiles?
    private let updates: AsyncStream<SourceUpdate>
    private let metrics: AgentMetrics
    private let logger: Logger
    private let clock = ContinuousClock()
    private let events: AsyncStream<Event>
    private let continuation: AsyncStream<Event>.Continuation
    private var backoff = Backoff()
    private var isRetryDue = false
    private var isClearDue = false
    private var isBridgeSearchDue = false
    private var workReport: WorkReport
    private var sourceReport: SourceReport
    private var bridgeWarnings: [String] = []
    private var lastFailure: String?
    private var filesProblem: String?
    private var isRunning = false

    /// What the agent says of itself.
    public private(set) var status: AgentStatus

    /// An agent that has not begun.
    ///
    /// - Parameters:
    ///   - updates: what the source says; for this agent alone.
    ///   - port: for this agent alone.
    ///   - interfaces: of the port's network namespace; for this agent alone.
    ///   - routing: likewise; nil where nothing is to be concluded from routes.
    public init(
        configuration: AgentConfiguration, updates: AsyncStream<SourceUpdate>,
        port: sending KernelPort, interfaces: sending InterfaceList,
        routing: sending RoutingWatch? = nil, metrics: AgentMetrics, logger: Logger
    ) {
        self.configuration = configuration
        self.updates = updates
        self.port = port
        self.interfaces = InterfaceWatch(
            node: configuration.node, interfaces: interfaces, routing: routing, logger: logger)
        podFiles = configuration.statusDirectory.map(PodFiles.init)
        self.metrics = metrics
        self.logger = logger
        workReport = WorkReport(metrics: metrics, logger: logger)
        sourceReport = SourceReport(metrics: metrics, logger: logger)
        enforcer = Enforcer(
            node: configuration.node, port: port, claims: configuration.ownership != .monitor,
            demandsOwnership: configuration.ownership == .exclusive,
            tellsPods: configuration.statusDirectory != nil)
        prover = configuration.verify.map { _ in Prover(node: configuration.node) }
        proof = prover.map { ProofWatch($0, metrics: metrics, logger: logger) }
        status = AgentStatus(node: configuration.node, started: Date())
        status.podFiles = configuration.statusDirectory.map(AgentStatus.PodFileCount.init)
        (events, continuation) = AsyncStream.makeStream()
    }

    /// Whether the loop takes what happens. Does not return while the loop is stuck.
    public var isAlive: Bool { isRunning }

    // MARK: The loop

    /// Runs until it is told to stop.
    ///
    /// - Throws: if the table cannot be removed in the end, as the configuration wants.
    public func run() async throws {
        isRunning = true
        defer { isRunning = false }
        let continuation = continuation
        let alarm = DescriptorAlarm(descriptor: port.descriptor) { continuation.yield(.ruleset) }
        let interfaceAlarm = DescriptorAlarm(descriptor: interfaces.interfaceDescriptor) {
            continuation.yield(.interfaces)
        }
        let routingAlarm = interfaces.routeDescriptor.map { descriptor in
            DescriptorAlarm(descriptor: descriptor) { continuation.yield(.routes) }
        }
        take(interfaces.readInterfaces(), again: .interfaces)
        take(interfaces.readRoutes(), again: .routes)
        let updates = updates
        let feeder = Task {
            for await update in updates {
                continuation.yield(.source(update, received: ContinuousClock.now))
            }
            continuation.yield(.sourceEnded)
        }
        defer { feeder.cancel() }
        let prover = prover
        let proving = Task {
            await prover?.run { continuation.yield(.proof($0)) }
        }
        defer { proving.cancel() }
        let podFiles = podFiles
        let filing = Task {
            await podFiles?.run { continuation.yield(.files($0)) }
        }
        defer { filing.cancel() }
        scheduleAudit()
        scheduleInspection()
        await withGracefulShutdownHandler {
            for await event in events {
                if case .stop = event { break }
                handle(event)
                switch event {
                case .ruleset: alarm.rearm()
                case .interfaces: interfaceAlarm.rearm()
                case .routes: routingAlarm?.rearm()
                default: break
                }
            }
        } onGracefulShutdown: {
            continuation.yield(.stop)
        }
        alarm.cancel()
        interfaceAlarm.cancel()
        routingAlarm?.cancel()
        // None says longer than they do that policies are in force.
        await podFiles?.end(removing: configuration.cleanup)
        try finish()
    }

    private func handle(_ event: Event) {
        switch event {
        case .source(let update, let received): take(update, received)
        case .sourceEnded: logger.error("the source has ended; what is in force stays so")
        case .ruleset:
            if status.isInSync { attempt { try enforcer.watch() } } else { ignoreRuleset() }
        case .interfaces: take(interfaces.readInterfaces(), again: .interfaces)
        case .routes: take(interfaces.readRouteChanges(), again: .routes)
        case .retry:
            isRetryDue = false
            if status.isInSync, !enforcer.isSettled { attempt { try enforcer.settle() } }
        case .clear:
            isClearDue = false
            attempt { try enforcer.clear() }
            // What goes with a chain or set is counted by nobody.
            if enforcer.isSettled { workReport.count(enforcer.wanted) }
        case .audit:
            if status.isInSync { attempt { try enforcer.audit() } }
            scheduleAudit()
            podFiles?.tell(.compare)
            lookForBridges()
        case .bridges:
            isBridgeSearchDue = false
            lookForBridges()
        case .proof(let result): note(result)
        case .files(let report): note(report)
        case .inspect(let isRoutine): inspect(isRoutine: isRoutine)
        case .stop: break
        }
    }

    private func after(_ delay: Duration, _ event: Event) {
        let continuation = continuation
        Task {
            try? await Task.sleep(for: delay)
            continuation.yield(event)
        }
    }

    private func scheduleAudit() {
        if let resync = configuration.resync { after(resync, .audit) }
    }

    /// Nothing is compared before the source is complete.
    private func ignoreRuleset() { _ = try? port.drain() }

    // MARK: The source

    private func take(_ update: SourceUpdate, _ received: ContinuousClock.Instant) {
        for change in update.changes { metrics.changes[change.kind].increment() }
        metrics.objects.set(update.objectCount)
        status.objects = update.objectCount
        sourceReport.tell(update, isInSync: status.isInSync)
        describeProblems()
        let placed = interfaces.complete(update.changes) { enforcer.claimants(of: $0) }
        if placed.isPartial { after(Self.interfaceDelay, .routes) }
        let changes = placed.changes
        guard update.isComplete else { return absorb(changes) }
        if !status.isInSync {
            status.isInSync = true
            metrics.inSync.set(1)
            logger.info(
                "in sync",
                metadata: [
                    "objects":
                        "\(update.objectCount.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " "))"
                ])
        }
        if enforce(changes) { metrics.reactionSeconds.observe(clock.now - received) }
    }

    /// Takes changes before the source is complete.
    private func absorb(_ changes: [ClusterChange]) {
        enforcer.absorb(changes)
        proof?.tell(changes, elements: nil)
    }

    /// - Returns: whether the changes are in force.
    @discardableResult
    private func enforce(_ changes: [ClusterChange]) -> Bool {
        let isEnforced = attempt { try enforcer.enforce(changes) }
        proof?.tell(changes, elements: enforcer.latestElements)
        return isEnforced
    }

    /// Takes what interfaces and routes have come to, and has them looked at again where that failed.
    private func take(_ finding: InterfaceWatch.Finding, again event: Event) {
        if finding.isPartial { after(Self.interfaceDelay, event) }
        if finding.changes.isEmpty { return }
        if status.isInSync { enforce(finding.changes) } else { absorb(finding.changes) }
    }

    // MARK: The kernel

    /// Does some work on the kernel and notes what came of it.
    ///
    /// - Returns: whether it succeeded.
    @discardableResult
    private func attempt(_ work: () throws -> Void) -> Bool {
        var failure: (any Error)?
        do { try work() } catch { failure = error }
        let record = enforcer.takeRecord()
        status.driftRepaired += record.drifts.count
        let isKnown = record.wholeReads > 0 && enforcer.isSettled
        workReport.tell(record, table: isKnown ? enforcer.wanted : nil)
        if let failure {
            let delay = backoff.next()
            metrics.count(errorIn: .commit)
            lastFailure = "\(failure)"
            logger.error(
                "the kernel could not be brought to what is wanted; what was in force stays so",
                metadata: [
                    "error": "\(failure)", "failures": "\(backoff.failures)",
                    "retry": "\(Int(delay.inSeconds * 1_000))ms",
                ])
            if !isRetryDue {
                isRetryDue = true
                after(delay, .retry)
            }
        } else {
            backoff.reset()
            lastFailure = nil
            status.lastSuccess = Date()
            metrics.lastSuccessTimestamp.set(Date().timeIntervalSince1970)
            if enforcer.hasLeftovers, !isClearDue {
                isClearDue = true
                after(Self.clearDelay, .clear)
            }
        }
        podFiles?.tell(enforcer.takePodNews())
        refreshStatus()
        return failure == nil
    }

    // MARK: Pods' files

    private func note(_ report: PodFiles.Report) {
        metrics.podFiles.set(report.count)
        status.podFiles?.files = report.count
        status.podFiles?.pods = report.pods
        guard report.problem != filesProblem else { return }
        if let problem = report.problem {
            metrics.count(errorIn: .files)
            logger.error("files of pods cannot be kept", metadata: ["problem": "\(problem)"])
        } else {
            logger.info("files of pods are as they have to be again")
        }
        filesProblem = report.problem
        describeProblems()
    }

    // MARK: The proof

    private func scheduleInspection() {
        if let verify = configuration.verify { after(verify, .inspect(isRoutine: true)) }
    }

    /// Reads the table back, to have it compared with the policies.
    private func inspect(isRoutine: Bool) {
        if isRoutine { scheduleInspection() } else { proof?.meetDemand() }
        guard status.isInSync, let isComparing = proof?.isComparing else { return }
        if isComparing {
            if !isRoutine { demandInspection() }
            return
        }
        var observed: ObservedTable?
        guard attempt({ observed = try enforcer.inspect() }) else { return }
        guard let observed else { return demandInspection() }
        proof?.compare(observed)
    }

    private func demandInspection() {
        guard status.isInSync, proof?.demand() == true else { return }
        after(Self.proofDelay, .inspect(isRoutine: false))
    }

    private func note(_ result: ProofResult) {
        guard proof?.note(result) == true else { return demandInspection() }
        status.proof = proof?.latest
    }

    /// Says which governed pods stand behind bridges that pass over the rules (S51), once each.
    private func lookForBridges() {
        let found = BridgeWarning.all(enforcer.governedAddresses).map(\.description)
        for warning in found where !bridgeWarnings.contains(warning) {
            logger.warning("\(warning)")
        }
        for warning in bridgeWarnings where !found.contains(warning) {
            logger.info("holds no longer", metadata: ["warning": "\(warning)"])
        }
        bridgeWarnings = found
        describeProblems()
    }

    private func refreshStatus() {
        if enforcer.governedEndpointCount != status.governedEndpoints, !isBridgeSearchDue {
            isBridgeSearchDue = true
            after(Self.bridgeDelay, .bridges)
        }
        status.isInForce = status.isInSync && enforcer.isSettled
        status.failuresInARow = backoff.failures
        status.ownership = enforcer.isOwner ? "owner" : "monitor"
        status.governedEndpoints = enforcer.governedEndpointCount
        metrics.inForce.set(status.isInForce ? 1 : 0)
        metrics.consecutiveFailures.set(backoff.failures)
        metrics.owner.set(enforcer.isOwner ? 1 : 0)
        metrics.governedEndpoints.set(status.governedEndpoints)
        metrics.placedPods.set(interfaces.placedPodCount)
        describeProblems()
    }

    private func describeProblems() {
        status.problems =
            sourceReport.problems.map(\.text) + [lastFailure, filesProblem].compactMap(\.self)
            + bridgeWarnings
    }

    /// What stands in the kernel stays, unless the configuration wants it removed.
    private func finish() throws {
        guard configuration.cleanup else {
            logger.info("stopping; the rules stay in force")
            return
        }
        try enforcer.remove()
        logger.info("stopping; the rules are removed")
    }
}

extension Duration {
    var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
