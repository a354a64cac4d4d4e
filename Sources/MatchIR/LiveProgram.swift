// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// All that one node has to decide, kept up to date change by change.
///
/// A class is compiled once, when its first endpoint comes, and again only if its policies or the
/// numbers behind its named ports change. After any changes it holds the programs and members that
/// a NodeProgram of the same endpoints has.
public final class LiveProgram {
    private let directory: any LivePeerDirectory
    private var sets = LiveSets()
    private var classes: [Int: ClassRecord] = [:]
    private var numbers: [ClassKey: Int] = [:]
    /// The classes that depend on the answer to a question about port names.
    private var questions: [Int: Set<Int>] = [:]
    /// The questions about port names that are followed, once for all classes that ask them.
    private var portQuestions: [PortQuestion: Int] = [:]
    private var portQuestionOf: [Int: PortQuestion] = [:]
    private var latest = 0
    /// Sets that a class does not look into any more, once for each such class.
    private var unneeded: [MatchSet] = []
    private var programs: [Int: DecisionProgram?] = [:]
    private let costs: CostModel
    private var unions = UnionCount()
    private var common = CommonSets.none
    /// Classes whose program is to be made from what they were compiled to.
    private var unfinished: Set<Int> = []

    /// The governed endpoints of this node.
    public private(set) var subjects: [EndpointID: ProgramChange.Subject] = [:]

    private struct ClassRecord {
        var key: ClassKey
        var endpoints: EndpointClass
        /// What it was compiled to, with every union whole.
        var compiled: DecisionProgram
        /// The same as it is in force; nil as long as it is unfinished for the first time.
        var program: DecisionProgram?
        var users = 0
        var questions: [Int] = []
    }

    /// What there is to decide about the node's own packets; nil where nothing is.
    public private(set) var hosts: HostProgram?
    private var hostInput: HostProgram.Input?

    /// What tells classes apart without comparing policies.
    private struct ClassKey: Hashable {
        var direction: Direction
        var revisions: [UInt64]
        var namedPorts: [NamedPort]
        var families: Int
        /// The class itself, where there are no revisions.
        var hosts: EndpointClass?
    }

    /// A local endpoint before it is compiled.
    public struct Input: Sendable {
        /// The endpoint with its classes.
        public var endpoint: NodeProgram.Input
        /// Equal numbers for equal stacks of ingress policies.
        public var ingressRevisions: [UInt64]
        /// Equal numbers for equal stacks of egress policies.
        public var egressRevisions: [UInt64]

        /// An endpoint with what tells its stacks from others.
        public init(
            endpoint: NodeProgram.Input, ingressRevisions: [UInt64], egressRevisions: [UInt64]
        ) {
            self.endpoint = endpoint
            self.ingressRevisions = ingressRevisions
            self.egressRevisions = egressRevisions
        }
    }

    /// A node without endpoints.
    ///
    /// - Parameter directory: is told which peers matter, and must be in the state that the changes
    ///   given to apply(locals:members:blocks:questions:hosts:) have led to.
    public init(_ directory: some LivePeerDirectory, costs: CostModel = .standard) {
        self.directory = directory
        self.costs = costs
    }

    /// Takes what has changed for the node's endpoints, the followed peers (their addresses, and
    /// which of them have other blocks) and the followed questions.
    public func apply(
        locals: [EndpointID: Input?], members: [Int: AddressChange], blocks: Set<Int>,
        questions changed: Set<Int>, hosts: HostProgram.Input? = nil
    ) -> ProgramChange {
        var change = ProgramChange()
        sets.apply(members)
        sets.apply(blocks: blocks, directory)
        var released: [Int] = []
        for (id, input) in locals {
            let old = subjects[id]
            let new = input.flatMap { acquire($0) }
            released += [old?.ingress, old?.egress].compactMap(\.self)
            subjects[id] = new
            if old != new { change.subjects[id] = .some(new) }
        }
        if hosts != hostInput {
            released += self.hosts?.endpoints.flatMap(\.programs.values) ?? []
            hostInput = hosts
            self.hosts = hosts.map { HostProgram($0) { acquire($0, []) } }
            change.areHostsChanged = true
        }
        for question in changed {
            for number in questions[question] ?? [] { redefine(number) }
        }
        for number in released { release(number) }
        finish()
        // At the end, so that a set which moves from one class to another stays the same set.
        for set in unneeded { sets.release(set, directory) }
        unneeded = []
        change.programs = programs
        programs = [:]
        sets.take(into: &change)
        return change
    }

    /// The present members of a set.
    public func members(of set: Int) -> EndpointAddresses { sets.members(set, directory) }

    /// All present blocks of a set.
    public func blocks(of set: Int) -> AddressSet { sets.blocks(set) }

    /// The number of the set with this formula; nil if no program looks into it.
    public func number(of formula: MatchSet) -> Int? { sets.number(of: formula) }

    /// The program of a class.
    public func program(_ number: Int) -> DecisionProgram { classes[number]!.program! }

    /// The change that leads here from a node without endpoints, as far as programs are concerned.
    public var asChange: ProgramChange {
        var change = ProgramChange()
        change.programs = classes.mapValues { $0.program! }
        return change
    }

    /// The numbers of all classes.
    public var classNumbers: some Collection<Int> { classes.keys }

    // MARK: Classes

    private func acquire(_ input: Input) -> ProgramChange.Subject? {
        let ingress = input.endpoint.ingress.map { acquire($0, input.ingressRevisions) }
        let egress = input.endpoint.egress.map { acquire($0, input.egressRevisions) }
        if ingress == nil, egress == nil { return nil }
        return ProgramChange.Subject(
            addresses: input.endpoint.addresses, ingress: ingress, egress: egress)
    }

    private func acquire(_ endpoints: EndpointClass, _ revisions: [UInt64]) -> Int {
        let families =
            (endpoints.families.contains(.ipv4) ? 1 : 0)
            + (endpoints.families.contains(.ipv6) ? 2 : 0)
        let key = ClassKey(
            direction: endpoints.direction, revisions: revisions,
            namedPorts: endpoints.namedPorts, families: families,
            hosts: endpoints.stage == .workload ? nil : endpoints)
        if let number = numbers[key] {
            classes[number]!.users += 1
            return number
        }
        latest += 1
        numbers[key] = latest
        let (program, questions) = compile(endpoints, latest)
        classes[latest] = ClassRecord(
            key: key, endpoints: endpoints, compiled: program, users: 1, questions: questions)
        unions.add(program)
        unfinished.insert(latest)
        return latest
    }

    private func release(_ number: Int) {
        classes[number]!.users -= 1
        if classes[number]!.users > 0 { return }
        let record = classes.removeValue(forKey: number)!
        numbers[record.key] = nil
        forget(record.questions, number)
        unions.remove(record.compiled)
        unfinished.remove(number)
        guard let program = record.program else { return }
        unneeded += program.sets
        programs[number] = .some(nil)
    }

    private func redefine(_ number: Int) {
        guard let record = classes[number] else { return }
        let (program, questions) = compile(record.endpoints, number)
        forget(Set(record.questions).subtracting(questions), number)
        classes[number]!.questions = questions
        if program == record.compiled { return }
        unions.remove(record.compiled)
        classes[number]!.compiled = program
        unions.add(program)
        unfinished.insert(number)
    }

    // MARK: Common sets

    /// Makes the programs of classes that have been compiled, and of all whose unions are taken apart in
    /// another way than before.
    private func finish() {
        let isWeighed = unions.isChanged || sets.areSizesChanged
        if isWeighed {
            unions.isChanged = false
            sets.areSizesChanged = false
            // Before any new union is made whole: it may be large.
            let next = CommonSets(unions, costs) { sets.size($0, directory) }
            if next != common { unfinished.formUnion(classes.keys) }
            common = next
        }
        for number in unfinished { finish(number) }
        unfinished = []
        // All are followed by now, and from here on it is noticed when they grow.
        if isWeighed { for part in unions.shared.keys { _ = sets.size(part, directory) } }
    }

    private func finish(_ number: Int) {
        let former = classes[number]!.program
        let program = common.applied(to: classes[number]!.compiled)
        if program == former { return }
        classes[number]!.program = program
        for set in program.sets { sets.acquire(set, directory) }
        unneeded += former.map { Array($0.sets) } ?? []
        programs[number] = .some(program)
    }

    private func compile(
        _ endpoints: EndpointClass, _ number: Int
    ) -> (DecisionProgram, questions: [Int]) {
        let recorder = QuestionRecorder(directory)
        let program = DecisionProgram(endpoints, recorder, costs: costs)
        let followed =
            recorder.asked.map { follow($0) }
            + recorder.askedServices.map { directory.follow(portsOf: $0) }
        for question in followed { questions[question, default: []].insert(number) }
        return (program, followed)
    }

    private func follow(_ question: PortQuestion) -> Int {
        if let known = portQuestions[question] { return known }
        let number = directory.follow(question)
        portQuestions[question] = number
        portQuestionOf[number] = question
        return number
    }

    private func forget(_ asked: some Sequence<Int>, _ number: Int) {
        for question in asked {
            questions[question]?.remove(number)
            guard questions[question]?.isEmpty ?? true else { continue }
            questions[question] = nil
            if let ports = portQuestionOf.removeValue(forKey: question) {
                portQuestions[ports] = nil
            }
            directory.unfollow(question)
        }
    }
}

/// Notes the questions that a compilation asks.
private final class QuestionRecorder: PeerDirectory {
    private let directory: any PeerDirectory
    private(set) var asked: Set<PortQuestion> = []
    private(set) var askedServices: Set<ServiceID> = []

    init(_ directory: any PeerDirectory) { self.directory = directory }

    func addresses(of peer: EndpointPeer) -> EndpointAddresses { directory.addresses(of: peer) }

    func blocks(of peer: EndpointPeer) -> AddressSet { directory.blocks(of: peer) }

    func ports(of service: ServiceID) -> [ServicePort] {
        askedServices.insert(service)
        return directory.ports(of: service)
    }

    func numbers(
        of name: String, transport: IPProtocol, among selector: EndpointSelector
    ) -> [UInt16] {
        asked.insert(PortQuestion(name: name, transport: transport, among: selector))
        return directory.numbers(of: name, transport: transport, among: selector)
    }
}
