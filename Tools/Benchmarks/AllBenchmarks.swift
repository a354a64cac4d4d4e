// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation

/// Runs benchmarks one after the other, each in a process of its own, and writes what they report to
/// a page of the documentation.
struct AllBenchmarks {
    let names: [String]
    /// Passed on to each.
    let options: [String]
    /// Where the page is written; nil: nowhere.
    let page: URL?

    func run() throws {
        var failed: [String] = []
        for name in names {
            Self.say("---- \(name)")
            let (lines, remarks, status) = try execute(name)
            if status != 0 { failed.append(name) }
            if let page { try record(name, lines, remarks, in: page) }
        }
        guard failed.isEmpty else {
            throw BenchmarkFailure(text: "failed: \(failed.joined(separator: ", "))")
        }
    }

    private func execute(
        _ name: String
    ) throws -> (lines: [ResultsPage.Line], remarks: [String], status: Int32) {
        let process = Process()
        let (output, errors) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = [name, "--json"] + options
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        // What it remarks is passed on as it comes.
        let remarks = Thread.collect(errors.fileHandleForReading) {
            FileHandle.standardError.write($0)
        }
        var text = Data()
        while case let chunk = output.fileHandleForReading.availableData, !chunk.isEmpty {
            FileHandle.standardOutput.write(chunk)
            text += chunk
        }
        process.waitUntilExit()
        let lines = try String(decoding: text, as: UTF8.self).split(separator: "\n")
            .filter { $0.hasPrefix("{") }
            .map { try JSONDecoder().decode(ResultsPage.Line.self, from: Data($0.utf8)) }
        let notes = remarks().split(separator: "\n").map(String.init)
            .filter { !$0.hasPrefix(Report.progressMark) }
        return (lines, notes, process.terminationStatus)
    }

    private func record(
        _ name: String, _ lines: [ResultsPage.Line], _ remarks: [String], in page: URL
    ) throws {
        var results = ResultsPage(
            reading: (try? String(contentsOf: page, encoding: .utf8)) ?? "")
        results.put(name, lines, circumstances: Self.circumstances, remarks: remarks)
        try results.text.write(to: page, atomically: true, encoding: .utf8)
        Self.say("written to \(page.relativePath)")
    }

    /// The date, the kernel and the kind of machine.
    private static var circumstances: String {
        var name = utsname()
        uname(&name)
        let release = withUnsafeBytes(of: &name.release) {
            String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions = [.withFullDate]
        let processors = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let model =
            processors.split(separator: "\n").first { $0.hasPrefix("model name") }?
            .split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
            ?? "unknown processor"
        let memory = Double(ProcessInfo.processInfo.physicalMemory) / 1_073_741_824
        return """
            \(formatter.string(from: Date())), Linux \(release), \
            \(ProcessInfo.processInfo.processorCount) processors (\(model)), \
            \(Int(memory.rounded())) GiB of memory
            """
    }

    private static func say(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}

extension Thread {
    /// Reads to the end on a thread of its own.
    ///
    /// - Returns: what waits for the end and gives all that came.
    fileprivate static func collect(
        _ handle: FileHandle, _ pass: @escaping @Sendable (Data) -> Void
    ) -> () -> String {
        let end = DispatchSemaphore(value: 0)
        let box = DataBox()
        Thread.detachNewThread {
            while case let chunk = handle.availableData, !chunk.isEmpty {
                pass(chunk)
                box.data += chunk
            }
            end.signal()
        }
        return {
            end.wait()
            return String(decoding: box.data, as: UTF8.self)
        }
    }
}

/// Written by one thread until a semaphore says that it has ended.
private final class DataBox: @unchecked Sendable {
    var data = Data()
}
