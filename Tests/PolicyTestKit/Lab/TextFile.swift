// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc

/// A file of text that is closed with the last reference to it.
final class TextFile {
    private let stream: UnsafeMutablePointer<FILE>

    /// A new file that has no name, and so is gone once it is closed.
    ///
    /// - Throws: `LabError` when there is no place for it.
    static func temporary() throws(LabError) -> TextFile {
        try TextFile(tmpfile(), "temporary file")
    }

    /// A file that exists. It may be one of `/proc`, which tells no size and gives itself in parts.
    ///
    /// - Throws: `LabError` when it cannot be opened.
    static func existing(_ path: String) throws(LabError) -> TextFile {
        try TextFile(fopen(path, "re"), path)
    }

    private init(
        _ stream: UnsafeMutablePointer<FILE>?, _ name: String
    ) throws(LabError) {
        guard let stream else {
            throw LabError(operation: "open", object: name, errorNumber: errno)
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
