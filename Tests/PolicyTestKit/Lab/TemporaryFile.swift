// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc

/// A file without a name that goes away with the last reference to it.
final class TemporaryFile {
    private let stream: UnsafeMutablePointer<FILE>

    init() throws(LabError) {
        guard let stream = tmpfile() else {
            throw LabError(operation: "tmpfile", object: "", errorNumber: errno)
        }
        self.stream = stream
        _ = fcntl(fileno(stream), F_SETFD, FD_CLOEXEC)
    }

    deinit {
        fclose(stream)
    }

    var descriptor: Int32 { fileno(stream) }

    /// Writes the text and goes back to the start, for a child to read it.
    func write(_ text: String) throws(LabError) {
        let bytes = Array(text.utf8)
        guard fwrite(bytes, 1, bytes.count, stream) == bytes.count, fflush(stream) == 0 else {
            throw LabError(operation: "write", object: "temporary file", errorNumber: errno)
        }
        rewind(stream)
    }

    /// All that the file holds, whoever wrote it.
    var contents: String {
        rewind(stream)
        var contents: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while case let count = fread(&buffer, 1, buffer.count, stream), count > 0 {
            contents += buffer[..<count]
        }
        return String(decoding: contents, as: UTF8.self)
    }
}
