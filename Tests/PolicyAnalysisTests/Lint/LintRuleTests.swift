// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyAnalysis
import Testing

/// Each rule where it should speak and where it should not, with the line at which it speaks.
struct LintRuleTests {
    @Test(arguments: selection + peers + ports + directions + repetitions + problems + ordered)
    func findsWhatTheCommentsSay(_ lintCase: LintCase) {
        #expect(lintCase.found == lintCase.expected, "\(lintCase.report().findings)")
    }

    @Test func everyRuleIsFoundInSomeCase() {
        let all =
            Self.selection + Self.peers + Self.ports + Self.directions + Self.repetitions
            + Self.problems + Self.ordered
        let found = Set(all.flatMap { $0.report(isPedantic: true).findings.map(\.rule) })
        #expect(Set(LintRule.allCases).subtracting(found) == [])
    }

    static let selection: [LintCase] = [
        .policy(
            "a misspelt key",
            """
            podSelector:
              matchLabels:
                ap: web # !selects-nothing
            ingress: [{}]
            """),
        .policy(
            "a misspelt value in an expression",
            """
            podSelector:
              matchExpressions:
              - {key: tier, operator: Exists}
              - {key: app, operator: In, values: [wbe]} # !selects-nothing
            ingress: [{}]
            """),
        .policy(
            "pods that exist",
            """
            podSelector: {matchLabels: {app: web}}
            ingress: [{}]
            """),
        .policy(
            "a pod of the host network",
            """
            podSelector: {matchLabels: {app: node-agent}} # !selects-host-network
            ingress: [{}]
            """),
        .policy(
            "every pod, one of the host network among them",
            """
            podSelector: {}
            ingress: [{}]
            """),
        LintCase(
            "a namespace that nobody knows",
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata:
              name: front
              namespace: shpo # !unknown-namespace
            spec: {podSelector: {}, ingress: [{}]}
            """),
        LintCase(
            "a namespace without pods",
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: front, namespace: empty}
            spec: {podSelector: {}, ingress: [{}]} # !selects-nothing
            """),
        .policy(
            "a condition that always holds, because its key is misspelt",
            """
            podSelector:
              matchExpressions:
              - {key: teir, operator: NotIn, values: [back]} # !unknown-label
            ingress: [{}]
            """),
        .policy(
            "a condition on a key that nothing has, unlike any that exists",
            """
            podSelector:
              matchExpressions:
              - {key: quarantine, operator: DoesNotExist}
            ingress: [{}]
            """),
    ]

    static let peers: [LintCase] = [
        .policy(
            "a peer that nobody matches",
            """
            podSelector: {}
            ingress:
            - from:
              - podSelector:
                  matchLabels:
                    app: wbe # !peer-matches-nothing
            """),
        .policy(
            "a namespace's name where its label is meant",
            """
            podSelector: {}
            ingress:
            - from:
              - namespaceSelector:
                  matchLabels:
                    name: ingress # !peer-matches-nothing
            """),
        .policy(
            "namespaces by label and by name",
            """
            podSelector: {}
            ingress:
            - from:
              - namespaceSelector: {matchLabels: {purpose: ingress}}
              - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}
            """),
        .policy(
            "a podSelector that lacks its namespaceSelector",
            """
            podSelector: {}
            ingress:
            - from:
              - podSelector: {matchLabels: {app: nginx}} # !missing-namespace-selector
            """),
        .policy(
            "two entries that should be one",
            """
            podSelector: {}
            ingress:
            - from:
              - namespaceSelector: {matchLabels: {purpose: ingress}}
              - podSelector: {matchLabels: {app: nginx}} # !or-instead-of-and
            """),
        .policy(
            "two entries that are meant as two",
            """
            podSelector: {}
            ingress:
            - from:
              - namespaceSelector: {matchLabels: {purpose: ingress}}
              - podSelector: {matchLabels: {app: web}}
            """),
        .policy(
            "one entry that should be two",
            """
            podSelector: {}
            ingress:
            - from:
              - namespaceSelector: {matchLabels: {purpose: ingress}} # !and-instead-of-or
                podSelector: {matchLabels: {app: web}}
            """),
        .policy(
            "one entry that is meant as one",
            """
            podSelector: {}
            ingress:
            - from:
              - namespaceSelector: {matchLabels: {purpose: ingress}}
                podSelector: {matchLabels: {app: nginx}}
            """),
        .policy(
            "a peer of the host network",
            """
            podSelector: {}
            ingress:
            - from:
              - podSelector: {matchLabels: {app: node-agent}} # !peer-matches-nothing
            """),
        .policy(
            "S15: a block with pods in it, and one that excepts them",
            """
            podSelector: {matchLabels: {app: web}}
            ingress:
            - from:
              - ipBlock: {cidr: 10.1.0.0/24} # !block-contains-pods
              - ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/24]}
            """),
        .policy(
            "namespaces whose labels are not known",
            """
            podSelector: {}
            ingress:
            - from:
              - namespaceSelector: {matchLabels: {purpose: billing}}
            """,
            cluster: """
                apiVersion: v1
                kind: Pod
                metadata: {name: web, namespace: shop, labels: {app: web}}
                """),
    ]

    static let ports: [LintCase] = [
        .policy(
            "a port name that nobody defines",
            """
            podSelector: {matchLabels: {app: web}}
            ingress:
            - ports:
              - port: htttp # !undefined-named-port
              - port: http
            """),
        .policy(
            "a port name of another protocol",
            """
            podSelector: {matchLabels: {app: web}}
            ingress:
            - ports:
              - port: http
                protocol: UDP # !named-port-protocol
            """),
        .policy(
            "S28: on egress the name is the peers'",
            """
            podSelector: {matchLabels: {app: web}}
            policyTypes: [Egress]
            egress:
            - to: [{podSelector: {matchLabels: {app: db}}}]
              ports:
              - port: pg
              - port: http # !undefined-named-port
            - to: [{namespaceSelector: {}}]
              ports: [{port: dns, protocol: UDP}]
            """),
    ]

    static let directions: [LintCase] = [
        .policy(
            "S6: empty lists",
            """
            podSelector: {matchLabels: {app: web}}
            ingress:
            - from: [] # !empty-list-allows-all
              ports: [{port: 80}]
            - from: [{podSelector: {}}]
              ports: # !empty-list-allows-all
            """),
        .policy(
            "S6: lists that are not there",
            """
            podSelector: {matchLabels: {app: web}}
            ingress:
            - {}
            """),
        .policy(
            "S3: rules that do not count",
            """
            podSelector: {matchLabels: {app: web}}
            policyTypes: [Ingress]
            ingress: [{}]
            egress: # !ignored-rules
            - {}
            """),
        .policy(
            "S3: egress rules alone, without policyTypes",
            """
            podSelector: {matchLabels: {app: web}}
            egress: # !implied-isolation
            - {}
            """),
        .policy(
            "a direction without rules beside one with",
            """
            podSelector: {matchLabels: {app: web}}
            policyTypes:
            - Ingress
            - Egress # !denies-all
            ingress: [{}]
            """),
        .policy(
            "everything denied",
            """
            podSelector: {matchLabels: {app: web}}
            policyTypes: [Ingress, Egress] # !denies-all
            """),
        LintCase(
            "a direction without rules for pods that get them from another policy",
            LintCase.policyText(
                """
                podSelector: {matchLabels: {app: web}}
                policyTypes: [Ingress, Egress]
                ingress: [{}]
                """)
                + "---\n"
                + LintCase.policyText(
                    """
                    podSelector: {}
                    policyTypes: [Egress]
                    egress: [{}]
                    """, name: "open")),
        .policy(
            "S47: egress without DNS",
            """
            podSelector: {matchLabels: {app: web}}
            policyTypes: [Egress]
            egress: # !egress-without-dns
            - to: [{podSelector: {matchLabels: {app: db}}}]
            """),
        .policy(
            "S47: egress to DNS by port",
            """
            podSelector: {matchLabels: {app: web}}
            policyTypes: [Egress]
            egress:
            - to: [{podSelector: {matchLabels: {app: db}}}]
            - ports: [{port: 53, protocol: UDP}]
            """),
        LintCase(
            "S47: egress to DNS by another policy of the same pods",
            LintCase.policyText(
                """
                podSelector: {matchLabels: {app: web}}
                policyTypes: [Egress]
                egress: [{to: [{podSelector: {matchLabels: {app: db}}}]}]
                """)
                + "---\n"
                + LintCase.policyText(
                    """
                    podSelector: {}
                    policyTypes: [Egress]
                    egress: [{to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}}]}]
                    """, name: "dns")),
        LintCase(
            "S47: without pods, DNS for some of the pods only",
            LintCase.policyText(
                """
                podSelector: {matchLabels: {app: web}}
                policyTypes: [Egress]
                egress: # !egress-without-dns
                - to: [{podSelector: {matchLabels: {app: db}}}]
                """)
                + "---\n"
                + LintCase.policyText(
                    """
                    podSelector: {matchLabels: {app: web, tier: front}}
                    policyTypes: [Egress]
                    egress: [{ports: [{port: 53, protocol: UDP}]}]
                    """, name: "dns"), cluster: ""),
    ]

    static let repetitions: [LintCase] = [
        .policy(
            "a rule within another",
            """
            podSelector: {matchLabels: {app: web}}
            ingress:
            - from: [{podSelector: {matchLabels: {app: db}}}] # !shadowed-rule
              ports: [{port: 80}]
            - from: [{podSelector: {}}]
              ports: [{port: 1, endPort: 100}]
            """),
        .policy(
            "a rule that two others cover together",
            """
            podSelector: {matchLabels: {app: web}}
            ingress:
            - from: [{ipBlock: {cidr: 172.16.0.0/12}}] # !shadowed-rule
              ports: [{port: 443}]
            - from: [{ipBlock: {cidr: 172.16.0.0/13}}]
            - from: [{ipBlock: {cidr: 172.24.0.0/13}}]
              ports: [{port: 400, endPort: 500}]
            """),
        .policy(
            "rules that overlap without one being within the others",
            """
            podSelector: {matchLabels: {app: web}}
            ingress:
            - from: [{ipBlock: {cidr: 172.16.0.0/12, except: [172.16.5.0/24]}}]
              ports: [{port: 443}]
            - from: [{ipBlock: {cidr: 172.16.0.0/16}}]
            - from: [{podSelector: {matchLabels: {app: db}}}]
              ports: [{port: http}, {port: 443}]
            """),
        LintCase(
            "a rule within another policy's for more pods",
            LintCase.policyText(
                """
                podSelector: {matchLabels: {app: web}}
                ingress:
                - ports: [{port: 80}] # !shadowed-rule
                - ports: [{port: 90}]
                """)
                + "---\n"
                + LintCase.policyText(
                    """
                    podSelector: {matchExpressions: [{key: app, operator: Exists}]}
                    ingress: [{ports: [{port: 80}, {port: 81}]}]
                    """, name: "all")),
        .policy(
            "a rule twice",
            """
            podSelector: {matchLabels: {app: web}}
            ingress:
            - ports: [{port: 80}]
            - ports: [{port: 80, protocol: TCP}] # !duplicate-rule
            """),
        .policy(
            "peers and ports twice",
            """
            podSelector: {matchLabels: {app: web}}
            ingress:
            - from:
              - podSelector: {matchLabels: {app: db}}
              - ipBlock: {cidr: 172.16.0.0/12}
              - podSelector: {matchExpressions: [{key: app, operator: In, values: [db]}]} # !duplicate-peer
              ports:
              - port: 80
              - {port: 80, protocol: TCP} # !duplicate-port
              - {port: 80, protocol: UDP}
            """),
    ]

    static let problems: [LintCase] = [
        .policy(
            "what the decoder warns of",
            """
            podSelector: {matchLabels: {app: web}}
            ingress:
            - from: [{ipBlock: {cidr: 172.16.0.1/12}}] # !host-bits
              prots: [] # !unknown-field
            - ports: [{port: 0120}] # !doubtful-field
            """),
        .policy(
            "what the decoder refuses",
            """
            podSelector: {matchLabels: {app: web}}
            ingress:
            - from: [{ipBlock: {cidr: 172.16.0.0/12, except: [10.0.0.0/8]}}] # !invalid-except
            - ports: [{port: 90, endPort: 80}] # !inverted-port-range
            - ports: [{port: 80, protocol: tcp}] # !invalid-object
            """),
        LintCase(
            "an object twice, and an address",
            LintCase.policyText("podSelector: {}\ningress: [{}]") + """
                ---
                apiVersion: networking.k8s.io/v1 # !duplicate-object
                kind: NetworkPolicy
                metadata: {name: front, namespace: shop}
                spec: {podSelector: {}}
                ---
                apiVersion: v1 # !shared-address
                kind: Pod
                metadata: {name: twin, namespace: shop, labels: {app: web}}
                status: {podIPs: [{ip: 10.1.0.5}]}
                """),
        LintCase("nothing at all", " # !empty-source"),
    ]
}
