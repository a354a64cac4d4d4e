// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Logging
import NodeAgent
import Testing

@Suite struct AgentConfigurationTests {
    /// For each key: a value that its flag, its variable, and the file give, and how it prints.
    private static let samples:
        [(key: ConfigurationKey, flag: String, variable: String, file: String)] =
            [
                (.node, "flag", "variable", "file"), (.source, "files", "files", "files"),
                (.filename, "/flag", "/variable", "/file"),
                (.kubeconfig, "/flag", "/variable", "/file"),
                (.context, "flag", "variable", "file"), (.events, "false", "true", "false"),
                (.etcdEndpoints, "http://flag", "http://variable", "http://file"),
                (.etcdCacert, "/flag", "/variable", "/file"),
                (.etcdCert, "/flag", "/variable", "/file"),
                (.etcdKey, "/flag", "/variable", "/file"),
                (.etcdUsername, "flag", "variable", "file"),
                (.etcdPasswordFile, "/flag", "/variable", "/file"),
                (.namespace, "flag", "variable", "file"),
                (.listen, "127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3"),
                (.ownership, "exclusive", "monitor", "exclusive"),
                (.logLevel, "trace", "error", "debug"),
                (.logFormat, "json", "text", "json"), (.coalesce, "1ms", "2ms", "3ms"),
                (.cleanup, "true", "false", "true"), (.resync, "11s", "12s", "off"),
                (.verify, "11s", "12s", "13s"), (.interfaces, "routes", "off", "routes"),
                (.statusDirectory, "/flag", "off", "/file"),
            ]

    private static let required: [String: String] = [
        "SLUICE_NODE": "node-a", "SLUICE_FILENAME": "/manifests",
    ]

    private func resolve(
        flags: [ConfigurationKey: [String]] = [:],
        environment: [String: String] = AgentConfigurationTests.required, file: String? = nil
    ) throws(ConfigurationErrors) -> ResolvedConfiguration {
        try AgentConfiguration.resolve(
            flags: flags, environment: environment,
            file: file.map { ConfigurationFile(name: "agent.yaml", text: $0) })
    }

    private func problems(
        flags: [ConfigurationKey: [String]] = [:],
        environment: [String: String] = AgentConfigurationTests.required, file: String? = nil
    ) -> [String] {
        do {
            _ = try resolve(flags: flags, environment: environment, file: file)
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    /// The line of the printed configuration, without quotes and brackets.
    private func value(_ key: ConfigurationKey, in resolved: ResolvedConfiguration) -> String? {
        resolved.yaml.split(separator: "\n").first { $0.hasPrefix("\(key.rawValue): ") }
            .map { line in
                line.dropFirst(key.rawValue.count + 2).split(separator: " ")[0]
                    .filter { !"[]\"".contains($0) }
            }
    }

    @Test("every key has a sample")
    func samplesAreComplete() {
        #expect(Self.samples.map(\.key) == ConfigurationKey.allCases)
    }

    @Test("flags win over variables, these over the file, and that over defaults, for every key")
    func precedence() throws {
        for sample in Self.samples {
            let key = sample.key
            let flags = [key: [sample.flag]]
            var environment = Self.required
            environment[ConfigurationKey.source.variable] = key.onlySource?.rawValue
            if key.onlySource == .etcd { environment["SLUICE_ETCD_ENDPOINTS"] = "http://other" }
            environment[key.variable] = sample.variable
            let file =
                key.separator != nil
                ? "\n\(key.rawValue): [\"\(sample.file)\"]" : "\n\(key.rawValue): \(sample.file)"
            let line = 2

            var resolved = try resolve(flags: flags, environment: environment, file: file)
            #expect(value(key, in: resolved) == sample.flag)
            #expect(resolved.origins[key] == .flag(key.flag))

            resolved = try resolve(environment: environment, file: file)
            #expect(value(key, in: resolved) == sample.variable)
            #expect(resolved.origins[key] == .variable(key.variable))

            environment[key.variable] = nil
            resolved = try resolve(environment: environment, file: file)
            #expect(value(key, in: resolved) == sample.file)
            #expect(resolved.origins[key] == .file("agent.yaml", line: line))

            guard key != .node, key != .filename, key != .etcdEndpoints else { continue }
            resolved = try resolve(environment: environment)
            #expect(resolved.origins[key] == .standard)
        }
    }

    @Test("the defaults")
    func defaults() throws {
        let resolved = try resolve()
        let expected = AgentConfiguration(node: "node-a", filename: ["/manifests"])
        #expect(resolved.configuration == expected)
        #expect(expected.listen == ListenAddress("127.0.0.1:9095"))
        #expect(expected.coalesce == .milliseconds(20))
        #expect(expected.resync == .seconds(300))
        #expect(expected.logLevel == .info)
    }

    @Test("NODE_NAME names the node if nothing else does")
    func nodeName() throws {
        var environment = ["NODE_NAME": "fallback", "SLUICE_FILENAME": "a"]
        #expect(try resolve(environment: environment).configuration.node == "fallback")
        let named = try resolve(environment: environment, file: "node: file")
        #expect(named.configuration.node == "file")
        environment["SLUICE_NODE"] = "own"
        #expect(try resolve(environment: environment).configuration.node == "own")
    }

    @Test("without a node or a source, errors say how to give them")
    func missing() {
        #expect(
            problems(environment: ["SLUICE_NODE": ""]) == [
                "node: no node is named; give --node, SLUICE_NODE, or node in the configuration file",
                "filename: no manifests are named; give --filename, SLUICE_FILENAME, or filename in the configuration file",
            ])
    }

    @Test("what the file names wrongly is not reported as missing too")
    func namedWrongly() {
        #expect(problems(environment: [:], file: "node: 7\nfilename: x").count == 2)
        #expect(problems(environment: [:], file: "node: [").count == 1)
        #expect(problems(environment: [:], file: "foo: 1").count == 3)
    }

    @Test("each source asks for what it needs, and refuses what is about another")
    func sources() throws {
        let node = ["NODE_NAME": "node-a"]
        let cluster = try resolve(flags: [.source: ["kubernetes"]], environment: node)
        #expect(cluster.configuration.source == .kubernetes)
        #expect(
            problems(flags: [.source: ["etcd"]], environment: node) == [
                "etcdEndpoints: no member of etcd is named; give --etcd-endpoints, SLUICE_ETCD_ENDPOINTS, or etcdEndpoints in the configuration file"
            ])
        let etcd = try resolve(
            flags: [.source: ["etcd"]],
            environment: node.merging(
                ["ETCD_ENDPOINTS": "https://a:2379,https://b:2379", "ETCD_KEY_FILE": "/key"]
            ) { $1 })
        #expect(etcd.configuration.etcdEndpoints == ["https://a:2379", "https://b:2379"])
        #expect(etcd.configuration.etcdKey == "/key")
        #expect(etcd.origins[.etcdKey] == .variable("ETCD_KEY_FILE"))
        #expect(
            problems(
                flags: [.source: ["kubernetes"], .filename: ["/a"]], environment: node,
                file: "etcdUsername: me"
            ) == [
                "--filename: is of no use where the source is kubernetes; leave it out, or give --source files",
                "agent.yaml:1: etcdUsername: is of no use where the source is kubernetes; leave it out, or give --source etcd",
            ])
        // What stands in the environment may be meant for others.
        _ = try resolve(
            flags: [.source: ["kubernetes"]],
            environment: node.merging(["SLUICE_FILENAME": "/a", "ETCD_USERNAME": "me"]) { $1 })
        #expect(
            problems(flags: [.source: ["etcd"], .etcdEndpoints: ["a:2379"]], environment: node)
                == [
                    "--etcd-endpoints: \"a:2379\" is not allowed; write URLs such as https://10.0.0.1:2379"
                ])
        #expect(
            problems(flags: [.source: ["zookeeper"], .filename: ["/a"]], environment: node) == [
                "--source: \"zookeeper\" is not allowed; write files, kubernetes, etcd"
            ])
    }

    @Test("off switches off, quoted or not, and 0 is a duration")
    func off() throws {
        for off in ["off", "\"off\"", "'off'"] {
            let file = "listen: \(off)\nresync: \(off)\ncoalesce: 0"
            let configuration = try resolve(file: file).configuration
            #expect(configuration.listen == nil)
            #expect(configuration.resync == nil)
            #expect(configuration.coalesce == .zero)
        }
    }

    @Test("a list replaces the list that it wins over; the variable has colons between paths")
    func lists() throws {
        let environment = ["SLUICE_NODE": "node-a", "SLUICE_FILENAME": "/a:/b b:"]
        let file = "filename:\n- /c\n- /d\n"
        let variable = try resolve(environment: environment, file: file)
        #expect(variable.configuration.filename == ["/a", "/b b"])
        let flags = try resolve(
            flags: [.filename: ["/x:y", "/z"]], environment: environment, file: file)
        #expect(flags.configuration.filename == ["/x:y", "/z"])
        let alone = try resolve(environment: ["SLUICE_NODE": "node-a"], file: file)
        #expect(alone.configuration.filename == ["/c", "/d"])
    }

    @Test("wrong values are refused in every layer, even where they are won over, all at once")
    func wrongValues() {
        let messages = problems(
            flags: [.listen: ["9095"], .resync: ["9s"]],
            environment: Self.required.merging(["SLUICE_LISTEN": "x\ny"]) { $1 },
            file: "listen: z\ncoalesce: 11s\nownership: maybe\nlogLevel: loud\n")
        #expect(
            messages == [
                "--listen: \"9095\" is not allowed; write an IP address and a port, such as 127.0.0.1:9095 or [::1]:9095, or off",
                "SLUICE_LISTEN: \"x\\ny\" is not allowed; write an IP address and a port, such as 127.0.0.1:9095 or [::1]:9095, or off",
                "agent.yaml:1: listen: \"z\" is not allowed; write an IP address and a port, such as 127.0.0.1:9095 or [::1]:9095, or off",
                "agent.yaml:3: ownership: \"maybe\" is not allowed; write auto, exclusive, monitor",
                "agent.yaml:4: logLevel: \"loud\" is not allowed; write trace, debug, info, notice, warning, error, critical",
                "agent.yaml:2: coalesce: \"11s\" is not allowed; write a duration from 0 to 10s, such as 20ms",
                "--resync: \"9s\" is not allowed; write a duration of at least 10s, such as 5m, or off",
            ])
    }

    @Test("standard input cannot be followed")
    func standardInput() {
        #expect(problems(flags: [.filename: ["a", "-"]]).count == 1)
    }

    @Test(
        "wrong types in the file are errors with their line",
        arguments: [
            ("\nnode: 7", "agent.yaml:2: node: the value is \"7\", which is of the wrong type"),
            ("node: [a]", "agent.yaml:1: node: the value is a list"),
            ("listen:", "agent.yaml:1: listen: the value is nothing"),
            ("filename: /a", "agent.yaml:1: filename: the value is \"/a\""),
            ("filename:\n- {a: b}", "agent.yaml:2: filename: the value is a mapping"),
            ("filename: [1]", "agent.yaml:1: filename: the value is \"1\""),
            ("cleanup: \"true\"", "agent.yaml:1: cleanup: the value is \"true\""),
            ("cleanup: 1", "agent.yaml:1: cleanup: \"1\" is not allowed; write true, false"),
        ])
    func wrongTypes(file: String, beginning: String) {
        let messages = problems(file: file)
        #expect(messages.count == 1)
        #expect(messages.first?.hasPrefix(beginning) == true, "\(messages)")
    }

    @Test("unknown keys are errors that name line, key and the known ones")
    func unknownKeys() {
        let messages = problems(file: "# file\nloglevel: info\nnamespace: a\n? [x]\n: y\n")
        #expect(messages.count == 2)
        #expect(
            messages.first == """
                agent.yaml:2: loglevel: there is no such key; the keys are node, source, filename, \
                kubeconfig, context, events, etcdEndpoints, etcdCacert, etcdCert, etcdKey, \
                etcdUsername, etcdPasswordFile, namespace, listen, ownership, logLevel, logFormat, coalesce, cleanup, resync, verify, interfaces, statusDirectory
                """)
    }

    @Test(
        "a file that is no mapping is an error with its line",
        arguments: [
            ("- a", "agent.yaml:1: the file is not a mapping"),
            ("node: a\n---\nnode: b", "agent.yaml:3: the file holds several documents"),
            ("node: a\nnode: b", "agent.yaml:"), ("node: [a\n", "agent.yaml:2: not valid YAML"),
            ("node: \u{7}", "agent.yaml: not valid YAML"),
        ])
    func malformed(file: String, beginning: String) {
        let messages = problems(file: file)
        #expect(messages.count == 1)
        #expect(messages.first?.hasPrefix(beginning) == true, "\(messages)")
    }

    @Test("an empty file says nothing", arguments: ["", "\n# comment\n", "---\n", "~"])
    func emptyFile(text: String) throws {
        #expect(try resolve(file: text) == (try resolve()))
    }

    @Test("the printed configuration means the same, and says where values come from")
    func printed() throws {
        let resolved = try resolve(
            flags: [
                .node: ["7"], .filename: ["/a \"b\"", "/é: #x\n"], .listen: ["[::1]:0"],
                .cleanup: ["true"], .resync: ["off"],
            ], environment: ["SLUICE_COALESCE": "1500ms"], file: "logFormat: json")
        let again = try resolve(environment: [:], file: resolved.yaml)
        #expect(again.configuration == resolved.configuration)
        for (key, origin) in [
            ("node: \"7\"", "--node"), ("coalesce: 1s500ms", "SLUICE_COALESCE"),
            ("logFormat: json", "agent.yaml:1"), ("namespace: \"default\"", "default"),
        ] {
            let line = resolved.yaml.split(separator: "\n").first { $0.hasPrefix(key) }
            #expect(line?.hasSuffix("# \(origin)") == true)
        }
    }

    @Test("a hostile name of the file cannot end the comment that names it")
    func hostileName() throws {
        let file = ConfigurationFile(name: "a\nnode: evil", text: "node: good")
        let resolved = try AgentConfiguration.resolve(
            flags: [:], environment: ["SLUICE_FILENAME": "x"], file: file)
        let again = try resolve(environment: [:], file: resolved.yaml)
        #expect(again.configuration.node == "good")
    }

    @Test("the flag names the file, or else SLUICE_CONFIG; one that is missing is an error")
    func readingFiles() throws {
        let none = try ConfigurationFile.read(flag: nil, environment: ["SLUICE_CONFIG": ""])
        #expect(none == nil)
        #expect {
            try ConfigurationFile.read(flag: "/nowhere.yaml", environment: ["SLUICE_CONFIG": "/b"])
        } throws: {
            "\($0)".hasPrefix(
                "/nowhere.yaml: the configuration file cannot be read: it does not exist; ")
        }
        #expect {
            try ConfigurationFile.read(flag: nil, environment: ["SLUICE_CONFIG": "/b.yaml"])
        } throws: { "\($0)".hasPrefix("/b.yaml: ") }
    }

    @Test("flags and variables are named after keys")
    func names() {
        #expect(ConfigurationKey.logLevel.flag == "--log-level")
        #expect(ConfigurationKey.logLevel.variable == "SLUICE_LOG_LEVEL")
        #expect(ConfigurationKey.filename.flag == "--filename")
        #expect(ConfigurationKey.filename.variable == "SLUICE_FILENAME")
    }
}
