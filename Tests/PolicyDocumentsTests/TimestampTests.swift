// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Testing

@testable import PolicyDocuments

struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2024-03-01T10:00:00Z", 1_709_287_200),
        ("2024-02-29T23:59:59.999Z", 1_709_251_199), ("1969-12-31T23:59:59z", -1),
        ("2024-03-01T11:00:00+01:00", 1_709_287_200),
        ("2024-03-01T05:30:00-04:30", 1_709_287_200), ("2000-02-29t00:00:00Z", 951_782_400),
    ])
    func reads(_ text: String, _ seconds: Int64) {
        #expect(Timestamp.seconds(text) == seconds)
    }

    @Test(arguments: [
        "", "2024-03-01", "2024-03-01T10:00:00", "2024-13-01T10:00:00Z", "2024-00-01T10:00:00Z",
        "2024-03-01 10:00:00Z", "2024-03-01T24:00:00Z", "2024-03-01T10:00:00.Z",
        "2024-03-01T10:00:00Zx", "2024-03-01T10:00:00+1:00", "24-03-01T10:00:00Z",
    ])
    func refuses(_ text: String) {
        #expect(Timestamp.seconds(text) == nil)
    }
}
