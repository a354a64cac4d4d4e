// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ArgumentParser
import PolicyAnalysis
import PolicyDocuments

struct Test: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Test policies against what their authors expect of them.",
        discussion: """
            Needs neither root nor a kernel nor a cluster. A test file names the manifests with the \
            policies and says which traffic they should allow and deny:

              manifests: [../policies, cluster.yaml]  # beside this file; -f adds more
              namespace: shop                         # of names that state none
              pods:                                   # instead of a cluster's dump
                - {name: web, labels: {app: web}, ports: {http: 8080, metrics: 9100}}
                - {name: ingress/controller, labels: {app: nginx}}
              namespaces:
                - {name: ingress, labels: {purpose: ingress}}
              tests:
                - name: only the ingress controller reaches the shop
                  allow:
                    - {from: ingress/controller, to: web, port: [http, 443/tcp]}
                  deny:
                    - {from: world, to: web}
                    - {from: ingress/controller, to: web, port: [22, 9000-9999/tcp, icmp]}
                    - from: {namespaceLabels: {team: blue}, labels: {app: batch}}
                      to: [shop/web, shop/db]
                      port: any

            FROM AND TO
              shop/web           a pod or workload (a Deployment's pods, for example)
              shop/*             every pod of a namespace
              {namespace: …, namespaceLabels: …, labels: …}   every pod that has all of it
              10.0.0.7, 10.0.0.0/8, {cidr: …, except: […]}    every address of it
              shop/networkset/partners, globalnetworkset/office   every address of it
              shop/service/db    every endpoint of a Service (by its EndpointSlices)
              world              every address that is no pod's and no node's
            PORT
              80, 80/tcp, 8000-8100/udp, http, dns/udp, tcp, icmp, any
              Without port, or with any, every port of every protocol is meant.

            An expectation holds if it holds for every sender, every receiver and every port that it \
            speaks of; ranges are worked out exactly, not sampled. One that speaks of nobody is an error. \
            objects: takes whole manifests, beside pods: and namespaces:.

            EXIT CODES
              0  all tests pass    1  a test fails
              2  a mistake in a test file or a manifest

            EXAMPLE
              sluice test tests/*.yaml --format junit > results.xml
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text
        case json
        case junit
    }

    @Argument(help: ArgumentHelp("Test files, or - for standard input.", valueName: "file"))
    var files: [String]

    @Option(
        name: [.customShort("f"), .customLong("filename")],
        help: ArgumentHelp(
            "Manifests for every test, beside those that the files name. Repeatable.",
            valueName: "path"))
    var paths: [String] = []

    @Option(
        name: [.customShort("n"), .long],
        help: "The namespace of names and objects that state none, where the file does not either.")
    var namespace = "default"

    @Option(help: "text: a line for each test; json, junit: the same for machines.")
    var format = Format.text

    func validate() throws {
        guard !files.isEmpty else { throw ValidationError("Give a test file.") }
        guard DocumentDecoder.isNamespaceName(namespace) else {
            throw ValidationError("--namespace: this is no namespace's name.")
        }
    }

    func run() throws {
        var report = TestReport()
        for file in files {
            let reading = TestFileReading(file, paths, namespace: namespace)
            for problem in reading.problems { Console.error(problem) }
            for warning in reading.warnings { Console.warning(warning) }
            if reading.problems.isEmpty {
                report.add(reading.results, of: reading.name)
            } else {
                report.add(problems: reading.problems, of: reading.name)
            }
        }
        switch format {
        case .text: report.text.map(Console.output)
        case .json: Console.output(report.json.text())
        case .junit: Console.output(report.junit.text)
        }
        Console.note(report.summary)
        if report.brokenFiles > 0 { throw ExitStatus.error }
        if !report.hasPassed { throw ExitStatus.different }
    }
}
