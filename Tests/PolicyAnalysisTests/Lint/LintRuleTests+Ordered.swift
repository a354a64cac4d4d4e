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
            apiVersion: projectcalico.org/v3 # !invalid-object
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
            "an untracked policy where nothing is known of the cluster",
            """
            apiVersion: projectcalico.org/v3
            kind: GlobalNetworkPolicy
            metadata: {name: front}
            spec: {selector: has(host), doNotTrack: true, applyOnForward: true, ingress: [{action: Deny}]}

            """, cluster: "apiVersion: v1\nkind: Node\nmetadata: {name: node-a}\n"),
        LintCase(
            "a policy of Kubernetes beside host endpoints alone",
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: front, namespace: elsewhere}
            spec:
              podSelector: {matchLabels: {app: x}}
              ingress: [{from: [{podSelector: {matchLabels: {app: b}}}]}]
            ---
            apiVersion: projectcalico.org/v3
            kind: HostEndpoint
            metadata: {name: gate}
            spec: {node: node-a, interfaceName: eth0}

            """, cluster: "apiVersion: v1\nkind: Node\nmetadata: {name: node-a}\n"),
        LintCase(
            "a cluster-wide policy of namespaces whose labels are unknown",
            """
            apiVersion: policy.networking.k8s.io/v1alpha2
            kind: ClusterNetworkPolicy
            metadata: {name: front}
            spec:
              tier: Admin
              priority: 1
              subject: {namespaces: {matchLabels: {team: red}}}
              ingress:
              - action: Deny
                from: [{namespaces: {matchLabels: {team: blue}}}]

            """,
            cluster: """
                apiVersion: v1
                kind: Pod
                metadata: {name: web, namespace: shop, labels: {app: web}}
                spec: {nodeName: node-a, containers: [{name: c}]}
                status: {podIP: 10.0.0.1}

                """),
        calico(
            "accounts and services that the input does not have",
            """
              selector: app == 'web'
              serviceAccountSelector: role == 'reader'
              egress:
              - {action: Allow, destination: {services: {name: db, namespace: shop}}}
              - {action: Allow, destination: {serviceAccounts: {selector: role == 'writer'}}}
            """),
        LintCase(
            "domain names twice, which are different rules",
            """
            apiVersion: policy.networking.k8s.io/v1alpha2
            kind: ClusterNetworkPolicy
            metadata: {name: front}
            spec:
              tier: Admin
              priority: 1
              subject: {namespaces: {}}
              egress:
              - action: Accept
                to:
                - domainNames: [example.org] # !doubtful-field
              - action: Accept
                to:
                - domainNames: [example.com] # !doubtful-field

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
