// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyDocuments
import PolicyModel

/// The objects of a set of files, each with its last good content, and what changes when files do.
///
/// A file with any error keeps what it last held in force, wholly, until it is good again or gone:
/// half an input must not open what the other half closes. The same holds for a file that has
/// become empty, because that is what an interrupted copy looks like. Of an object that several
/// files define, the file first by path counts.
///
/// The store reads nothing and knows no clock. An update costs as much as the files concerned hold,
/// before and after.
public struct ManifestStore: Sendable {
    /// What came of an update.
    public struct Update: Hashable, Sendable {
        /// What leads from the state before to the state after, each object at most once and none
        /// that is as it was.
        public var changes: [ClusterChange]
        /// All errors and warnings of the files concerned, and those that are new of objects in
        /// several files, of shared addresses, and of tiers and profiles that do not exist.
        public var diagnostics: [Diagnostic]
        /// The warnings among them that are no single file's.
        var commonWarnings: [Diagnostic]
    }

    /// A number of updates that take effect together.
    struct Batch {
        var namespaces: ObjectIndex<Namespace>.Former = [:]
        var nodes: ObjectIndex<Node>.Former = [:]
        var endpoints: ObjectIndex<Endpoint>.Former = [:]
        var workloadEndpoints: ObjectIndex<WorkloadEndpoint>.Former = [:]
        var tiers: ObjectIndex<Tier>.Former = [:]
        var policies: ObjectIndex<Policy>.Former = [:]
        var stagedPolicies: ObjectIndex<StagedPolicy>.Former = [:]
        var profiles: ObjectIndex<Profile>.Former = [:]
        var serviceAccounts: ObjectIndex<ServiceAccount>.Former = [:]
        var networkSets: ObjectIndex<NetworkSet>.Former = [:]
        var serviceSlices: ObjectIndex<ServiceSlice>.Former = [:]
        var configurations: ObjectIndex<NodeConfiguration>.Former = [:]
        var diagnostics: [Diagnostic] = []
    }

    private let decoder: DocumentDecoder
    private var namespaces = ObjectIndex<Namespace>()
    private var nodes = ObjectIndex<Node>()
    private var endpoints = ObjectIndex<Endpoint>()
    private var workloadEndpoints = ObjectIndex<WorkloadEndpoint>()
    private var tiers = ObjectIndex<Tier>()
    private var policies = ObjectIndex<Policy>()
    private var stagedPolicies = ObjectIndex<StagedPolicy>()
    private var profiles = ObjectIndex<Profile>()
    private var serviceAccounts = ObjectIndex<ServiceAccount>()
    private var networkSets = ObjectIndex<NetworkSet>()
    private var serviceSlices = ObjectIndex<ServiceSlice>()
    private var configurations = ObjectIndex<NodeConfiguration>()
    private var claims = AddressClaims()
    private var tiersOfPolicies = References<PolicyID>()
    private var tiersOfStagedPolicies = References<PolicyID>()
    private var profilesOfEndpoints = References<EndpointID>()
    /// The errors of each file that has some.
    private var errors: [String: [Diagnostic]] = [:]
    /// The files that have been good once.
    private var good: Set<String> = []
    /// The files with errors that have never been good.
    private var neverGood: Set<String> = []
    private var hasTiers = false

    /// No files.
    ///
    /// - Parameter defaultNamespace: The namespace of objects that name none.
    public init(defaultNamespace: String = "default") {
        decoder = DocumentDecoder(defaultNamespace: defaultNamespace)
    }

    /// Takes the new content of one file.
    ///
    /// - Parameter source: Nil if the file is gone.
    public mutating func update(file: String, with source: Source?) -> Update {
        update([(file, source)])
    }

    /// Takes the new contents of several files at once, so that an object may move from one to
    /// another without being gone in between. Of several contents of one file the last counts.
    ///
    /// The first update brings the tiers along that every cluster has (``Tier/builtIn``), whatever its files hold.
    public mutating func update(_ files: [(file: String, source: Source?)]) -> Update {
        var batch = Batch()
        for (file, source) in files { stage(file, source, in: &batch) }
        return settle(batch)
    }

    /// The errors of every file that has any, among them objects that a file before it by path
    /// defines as well.
    public var problems: [String: [Diagnostic]] {
        var problems = errors
        var collisions: [Diagnostic] = []
        collisions += namespaces.collisions.values.joined()
        collisions += nodes.collisions.values.joined()
        collisions += endpoints.collisions.values.joined()
        collisions += workloadEndpoints.collisions.values.joined()
        collisions += tiers.collisions.values.joined()
        collisions += policies.collisions.values.joined()
        collisions += stagedPolicies.collisions.values.joined()
        collisions += profiles.collisions.values.joined()
        collisions += serviceAccounts.collisions.values.joined()
        collisions += networkSets.collisions.values.joined()
        collisions += serviceSlices.collisions.values.joined()
        collisions += configurations.collisions.values.joined()
        for (file, ofFile) in Dictionary(grouping: collisions, by: \.origin.source) {
            problems[file, default: []] += ofFile.sorted { $0.description < $1.description }
        }
        return problems
    }

    /// Whether every file that is known has been good once, so that nothing is missing that the
    /// files ever meant. Until then nothing may be enforced.
    public var isComplete: Bool { neverGood.isEmpty }

    /// All files that are known, good or not.
    var files: Set<String> { good.union(neverGood) }

    /// Whether a file is known, good or not.
    func knows(_ file: String) -> Bool { good.contains(file) || neverGood.contains(file) }

    /// How many objects there are, by kind.
    public var objectCount: [String: Int] {
        let counts = [
            namespaces.counts, nodes.counts, endpoints.counts,
            workloadEndpoints.counts, tiers.counts, policies.counts,
            stagedPolicies.counts, profiles.counts, serviceAccounts.counts,
            networkSets.counts, serviceSlices.counts, configurations.counts,
        ]
        let always = ["Namespace": 0, "Node": 0, "Pod": 0, "NetworkPolicy": 0]
        return counts.reduce(into: always) { sum, counts in sum.merge(counts, uniquingKeysWith: +) }
    }

    /// All objects, every list in order of name. Namespaces are those that are defined, not those
    /// that are only implied (S11).
    ///
    /// - Complexity: O(*n* log *n*) in all objects.
    public var state: ClusterState {
        var state = ClusterState(
            namespaces: namespaces.values, nodes: nodes.values, endpoints: allEndpoints,
            tiers: tiers.values.withBuiltIn, policies: policies.values,
            stagedPolicies: stagedPolicies.values, profiles: profiles.values,
            serviceAccounts: serviceAccounts.values, networkSets: networkSets.values,
            serviceSlices: serviceSlices.values, configurations: configurations.values)
        state.namespaces.addImplied(by: state.profiles)
        state.serviceAccounts.addImplied(by: state.profiles)
        return state
    }

    private var allEndpoints: [Endpoint] {
        let objects = workloadEndpoints.values
        if objects.isEmpty { return endpoints.values }
        let ids = Set(endpoints.values.map(\.id)).union(objects.map(\.id))
        return ids.sorted().compactMap { described(id: $0)?.value }
    }

    /// What a pod's own object and one about it say together.
    private func described(id: EndpointID) -> Located<Endpoint>? {
        let pod = endpoints[id]
        let object = workloadEndpoints[id]
        guard let endpoint = WorkloadEndpoint.combined(pod?.value, object?.value),
            let origin = pod?.origin ?? object?.origin
        else { return nil }
        return Located(endpoint, at: origin)
    }

    /// Takes the new content of one file as part of a batch.
    ///
    /// - Returns: The warnings of the content, if it is good.
    @discardableResult
    mutating func stage(
        _ file: String, _ source: Source?, in batch: inout Batch
    ) -> [Diagnostic] {
        guard let source else {
            errors[file] = nil
            good.remove(file)
            neverGood.remove(file)
            replace(file, with: FileObjects(), in: &batch)
            return []
        }
        // Collisions are found by the file's path, which is where their origins point.
        let (objects, diagnostics) = FileObjects.decode(
            Source(name: file, bytes: source.bytes, type: source.type), decoder,
            isKnown: good.contains(file))
        batch.diagnostics += diagnostics
        let problems = diagnostics.filter { $0.severity == .error }
        guard problems.isEmpty else {
            errors[file] = problems
            if !good.contains(file) { neverGood.insert(file) }
            return []
        }
        errors[file] = nil
        neverGood.remove(file)
        good.insert(file)
        replace(file, with: objects, in: &batch)
        return diagnostics
    }

    /// Takes note of content that is not to be read at all; what the file said last stays.
    mutating func refuse(_ file: String, because problem: Diagnostic, in batch: inout Batch) {
        batch.diagnostics.append(problem)
        errors[file] = [problem]
        if !good.contains(file) { neverGood.insert(file) }
    }

    private mutating func replace(
        _ file: String, with objects: FileObjects, in batch: inout Batch
    ) {
        namespaces.replace(file, with: objects.namespaces, noting: &batch.namespaces)
        nodes.replace(file, with: objects.nodes, noting: &batch.nodes)
        endpoints.replace(file, with: objects.endpoints, noting: &batch.endpoints)
        workloadEndpoints.replace(
            file, with: objects.workloadEndpoints, noting: &batch.workloadEndpoints)
        tiers.replace(file, with: objects.tiers, noting: &batch.tiers)
        policies.replace(file, with: objects.policies, noting: &batch.policies)
        stagedPolicies.replace(file, with: objects.stagedPolicies, noting: &batch.stagedPolicies)
        profiles.replace(file, with: objects.profiles, noting: &batch.profiles)
        serviceAccounts.replace(file, with: objects.serviceAccounts, noting: &batch.serviceAccounts)
        networkSets.replace(file, with: objects.networkSets, noting: &batch.networkSets)
        serviceSlices.replace(file, with: objects.serviceSlices, noting: &batch.serviceSlices)
        configurations.replace(file, with: objects.configurations, noting: &batch.configurations)
    }

    /// What a batch has changed.
    mutating func settle(_ batch: Batch) -> Update {
        var changes =
            hasTiers ? [] : Tier.builtIn.map { ClusterChange.tier($0.name, $0) }
        hasTiers = true
        var diagnostics = batch.diagnostics
        func settle<Value>(_ index: inout ObjectIndex<Value>, _ former: ObjectIndex<Value>.Former) {
            let (changed, collisions) = index.settle(former)
            changes += changed.map { Value.change($0.id, $0.new) }
            diagnostics += collisions
        }
        let (ofTiers, collisions) = tiers.settle(batch.tiers)
        changes += ofTiers.filter { !Tier.isBuiltIn($0.id) }.map { .tier($0.id, $0.new) }
        diagnostics += collisions
        settle(&nodes, batch.nodes)
        settle(&policies, batch.policies)
        settle(&stagedPolicies, batch.stagedPolicies)
        let (ofProfiles, twice) = profiles.settle(batch.profiles)
        changes += ofProfiles.map { .profile($0.id, $0.new) }
        diagnostics += twice
        changes += Self.settle(
            &namespaces, batch.namespaces, profiles, ofProfiles, &diagnostics)
        changes += Self.settle(
            &serviceAccounts, batch.serviceAccounts, profiles, ofProfiles, &diagnostics)
        settle(&networkSets, batch.networkSets)
        settle(&serviceSlices, batch.serviceSlices)
        settle(&configurations, batch.configurations)
        let endpoints = settleEndpoints(batch, &diagnostics)
        for (_, old, new) in endpoints { claims.replace(old, with: new) }
        changes += endpoints.map { .endpoint($0.id, $0.new) }
        let common =
            sharedAddresses(endpoints) + missingTiers(batch)
            + missingProfiles(batch, endpoints.map { ($0.id, $0.new) })
        return Update(
            changes: changes, diagnostics: diagnostics + common, commonWarnings: common)
    }

    /// What a batch has changed of objects that profiles may stand for.
    private static func settle<Value: ProfileImplied>(
        _ index: inout ObjectIndex<Value>, _ former: ObjectIndex<Value>.Former,
        _ profiles: ObjectIndex<Profile>,
        _ ofProfiles: [(id: String, old: Profile?, new: Profile?)],
        _ diagnostics: inout [Diagnostic]
    ) -> [ClusterChange] {
        let (own, collisions) = index.settle(former)
        diagnostics += collisions
        if profiles.isEmpty, ofProfiles.isEmpty { return own.map { Value.change($0.id, $0.new) } }
        let changedProfiles = Dictionary(uniqueKeysWithValues: ofProfiles.map { ($0.id, $0) })
        let changed = Dictionary(uniqueKeysWithValues: own.map { ($0.id, $0) })
        let implied = ofProfiles.compactMap {
            ($0.new ?? $0.old).flatMap(Value.init(impliedBy:))?.id
        }
        return Set(changed.keys).union(implied).sorted().compactMap { id in
            let name = Value.profileName(of: id)
            let profile = profiles[name]?.value
            let (oldProfile, newProfile) =
                changedProfiles[name].map { ($0.old, $0.new) } ?? (profile, profile)
            let value = index[id]?.value
            let (oldValue, newValue) = changed[id].map { ($0.old, $0.new) } ?? (value, value)
            let old = oldValue ?? oldProfile.flatMap(Value.init(impliedBy:))
            let new = newValue ?? newProfile.flatMap(Value.init(impliedBy:))
            return old == new ? nil : Value.change(id, new)
        }
    }

    /// The endpoints that a batch has changed, by their own objects or by those about them.
    private mutating func settleEndpoints(
        _ batch: Batch, _ diagnostics: inout [Diagnostic]
    ) -> [(id: EndpointID, old: Endpoint?, new: Endpoint?)] {
        let (pods, podCollisions) = endpoints.settle(batch.endpoints)
        let (objects, objectCollisions) = workloadEndpoints.settle(batch.workloadEndpoints)
        diagnostics += podCollisions + objectCollisions
        if objects.isEmpty, workloadEndpoints.isEmpty { return pods }
        let formerPods = Dictionary(uniqueKeysWithValues: pods.map { ($0.id, $0.old) })
        let formerObjects = Dictionary(uniqueKeysWithValues: objects.map { ($0.id, $0.old) })
        return Set(formerPods.keys).union(formerObjects.keys).sorted().compactMap { id in
            let old = WorkloadEndpoint.combined(
                formerPods[id] ?? endpoints[id]?.value,
                formerObjects[id] ?? workloadEndpoints[id]?.value)
            let new = described(id: id)?.value
            return old == new ? nil : (id, old, new)
        }
    }

    /// The warnings about policies whose tiers do not exist, since this batch.
    private mutating func missingTiers(_ batch: Batch) -> [Diagnostic] {
        for id in batch.policies.keys {
            tiersOfPolicies.replace(
                id, with: Set([policies[id]?.value.namedTier].compactMap(\.self)))
        }
        for id in batch.stagedPolicies.keys {
            let tier = stagedPolicies[id]?.value.namedTier
            tiersOfStagedPolicies.replace(id, with: Set([tier].compactMap(\.self)))
        }
        let exists = { [tiers] (name: String) in tiers[name] != nil }
        let enforced = tiersOfPolicies.settle(
            changed: batch.policies.keys, names: batch.tiers.keys, exists: exists)
        let staged = tiersOfStagedPolicies.settle(
            changed: batch.stagedPolicies.keys, names: batch.tiers.keys, exists: exists)
        return enforced.compactMap { reference in
            policies[reference.user].map {
                .missingTier(reference.name, of: reference.user, at: $0.origin)
            }
        }
            + staged.compactMap { reference in
                stagedPolicies[reference.user].map {
                    .missingTier(reference.name, of: reference.user, at: $0.origin)
                }
            }
    }

    /// The warnings about endpoints whose profiles do not exist, since this batch.
    private mutating func missingProfiles(
        _ batch: Batch, _ changed: [(id: EndpointID, new: Endpoint?)]
    ) -> [Diagnostic] {
        for (id, new) in changed {
            profilesOfEndpoints.replace(id, with: Set(new?.namedProfiles ?? []))
        }
        let missing = profilesOfEndpoints.settle(
            changed: changed.map(\.id), names: batch.profiles.keys,
            exists: { [profiles] in profiles[$0] != nil })
        return missing.compactMap { reference in
            described(id: reference.user).map {
                .missingProfile(reference.name, of: reference.user, at: $0.origin)
            }
        }
    }

    /// The warnings that pods with new addresses give.
    private func sharedAddresses(
        _ changes: [(id: EndpointID, old: Endpoint?, new: Endpoint?)]
    ) -> [Diagnostic] {
        var warnings: [Diagnostic] = []
        // Pairs that have been named, from the side of the first.
        var named: Set<[EndpointID]> = []
        for (id, old, new) in changes {
            let known = old.map { $0.claimsAddresses ? $0.addresses : [] } ?? []
            guard let new, new.claimsAddresses, new.addresses != known,
                let endpoint = described(id: id)
            else { continue }
            for (address, rival) in claims.rivals(of: new) where !known.contains(address) {
                guard !named.contains([rival, id]), let other = described(id: rival) else {
                    continue
                }
                named.insert([id, rival])
                warnings.append(.sharedAddress(address, endpoint, other))
            }
        }
        return warnings
    }
}
