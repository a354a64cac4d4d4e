// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Policies whose rules are asked in order, and what belongs to them.
extension LintRuleTests {
    static let ordered: [LintCase] = [
        calico(
            "a policy in order",
            """
              tier: default
              selector: app == 'web'
              types: [Ingress, Egress]
              ingress:
              - {action: Allow, protocol: TCP, source: {selector: app == 'db'}}
              - {action: Deny}
            """),
        LintCase(
            "a tier that nobody has made",
            """
            apiVersion: projectcalico.org/v3 # !doubtful-field
            kind: GlobalNetworkPolicy
            metadata: {name: front}
            spec: {tier: securty, selector: app == 'web', ingress: [{action: Deny}]}

            """),
        calico(
            "a rule behind one that decides everything",
            """
              selector: app == 'web'
              ingress:
              - {action: Deny}
              - {action: Allow, source: {selector: app == 'db'}} # !unreachable-rule
            """),
        calico(
            "a rule behind one that only logs",
            """
              selector: app == 'web'
              ingress:
              - {action: Log}
              - {action: Allow, source: {selector: app == 'db'}}
            """),
        calico(
            "selectors that match nothing",
            """
              selector: app == 'wbe' # !selects-nothing
              ingress:
              - action: Allow
                source:
                  selector: app == 'bd' # !peer-matches-nothing
              - action: Deny
                source:
                  notSelector: app == 'dp' # !peer-matches-nothing
            """),
        calico(
            "an untracked policy of no host endpoint",
            """
              selector: has(host)
              doNotTrack: true # !selects-no-host
              applyOnForward: true
              ingress: [{action: Deny}]
            """),
        LintCase(
            "a staged deletion of nothing",
            """
            apiVersion: projectcalico.org/v3
            kind: StagedGlobalNetworkPolicy
            metadata: {name: old}
            spec:
              stagedAction: Delete # !staged-delete-of-nothing

            """),
        LintCase(
            "a profile that is missing",
            """
            apiVersion: projectcalico.org/v3 # !missing-profile
            kind: HostEndpoint
            metadata: {name: gate}
            spec: {node: node-a, interfaceName: eth0, profiles: [closed]}

            """),
    ]

    /// A GlobalNetworkPolicy; `spec` is written below its key.
    private static func calico(_ name: String, _ spec: String) -> LintCase {
        LintCase(
            name,
            """
            apiVersion: projectcalico.org/v3
            kind: GlobalNetworkPolicy
            metadata: {name: front}
            spec:
            \(spec)

            """)
    }
}
