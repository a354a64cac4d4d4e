// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// In how many unions each part is, kept up to date as programs come and go.
///
/// Lists of peers that only write to the log are left out, as a list in pieces would write twice, and so
/// are the sets that conditions ask. Neither counts against the budget.
struct UnionCount {
    /// How many programs look into each union.
    private(set) var unions: [MatchSet: Int] = [:]
    /// The parts that are in more than one union, with the number of these.
    private(set) var shared: [UnionPart: Int] = [:]
    private var once: Set<UnionPart> = []
    /// Whether unions have come or gone since it was last set.
    var isChanged = false

    mutating func add(_ program: DecisionProgram) {
        for union in program.unions {
            unions[union, default: 0] += 1
            guard unions[union] == 1 else { continue }
            isChanged = true
            for part in union.unionParts {
                if let count = shared[part] {
                    shared[part] = count + 1
                } else if once.remove(part) != nil {
                    shared[part] = 2
                } else {
                    once.insert(part)
                }
            }
        }
    }

    mutating func remove(_ program: DecisionProgram) {
        for union in program.unions {
            unions[union]! -= 1
            guard unions[union] == 0 else { continue }
            unions[union] = nil
            isChanged = true
            for part in union.unionParts {
                guard let count = shared[part] else {
                    once.remove(part)
                    continue
                }
                shared[part] = count > 2 ? count - 1 : nil
                if count == 2 { once.insert(part) }
            }
        }
    }
}

extension DecisionProgram {
    /// The unions that runs look into and that may be taken apart.
    var unions: Set<MatchSet> {
        var unions: Set<MatchSet> = []
        for cell in cells {
            for run in cell.runs where run.action != .log && !run.peers.isEveryone {
                unions.insert(run.peers)
            }
        }
        return unions
    }
}
