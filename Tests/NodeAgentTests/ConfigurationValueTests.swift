// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NodeAgent
import Testing

@Suite struct ConfigurationValueTests {
    @Test(
        "durations are whole numbers with units, larger ones first",
        arguments: [
            ("20ms", Duration.milliseconds(20)), ("0", .zero), ("0s", .zero), ("5m", .seconds(300)),
            ("1m30s", .seconds(90)), ("2h", .seconds(7_200)), ("150us", .microseconds(150)),
        ])
    func durations(text: String, duration: Duration) {
        #expect(DurationText.parse(text) == duration)
        #expect(DurationText.parse(DurationText.text(duration)) == duration)
    }

    @Test(
        "other texts are no durations",
        arguments: [
            "", "5", "ms", "-1s", "1.5s", "1 s", "30s1m", "1s1s", "1d", "99999999999s",
            "999999999h",
            "20000h", "٣s", "1S",
        ])
    func noDurations(text: String) { #expect(DurationText.parse(text) == nil) }

    @Test(
        "addresses to listen at have a port",
        arguments: [
            ("127.0.0.1:9095", "127.0.0.1:9095"), ("[::1]:9095", "[::1]:9095"),
            ("localhost:80", "127.0.0.1:80"), ("0.0.0.0:0", "0.0.0.0:0"),
            ("[0:0::0]:65535", "[::]:65535"),
        ])
    func addresses(text: String, printed: String) {
        #expect(ListenAddress(text)?.description == printed)
    }

    @Test(
        "other texts are no addresses",
        arguments: [
            "", ":9095", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:+1", "::1:9095",
            "[127.0.0.1]:1", "host:1", "[::1]", "[::1", "127.0.0.1:1 ", "127.0.0.1:000001",
        ])
    func noAddresses(text: String) { #expect(ListenAddress(text) == nil) }
}
