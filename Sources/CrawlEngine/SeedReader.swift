import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Where a crawl's URLs come from.
package enum SeedInput: Hashable, Sendable {
    /// URLs given one by one.
    case urls([String])
    /// A file with one URL a line.
    case file(String)
    case standardInput
}

/// A line of the input that may be a URL.
struct SeedLine: Hashable, Sendable {
    var text: String
    var source: String
    var line: Int
    /// Set where the line was longer than `SeedReader.maximumLineBytes`; `text` is its beginning.
    var isTooLong = false
}

/// Reads the inputs one after the other as a stream, in batches: memory does not depend on their length. Blank lines and lines that
/// begin with `#` are passed over.
///
/// Reading blocks a thread of its own, never one of the tasks'.
///
/// Unchecked because what changes is touched on `queue` alone, one batch after the other, and by `deinit`, when nobody uses it any more.
final class SeedReader: @unchecked Sendable {
    /// Lines beyond this length are no URLs.
    static let maximumLineBytes = 64 * 1024
    static let batchLines = 256

    private var inputs: ArraySlice<SeedInput>
    private var open: Source?
    private let queue = DispatchQueue(label: "larder.seeds")
    private let isCancelled = Atomic(false)

    /// One opened file, or the arguments.
    private struct Source {
        var name: String
        var line = 0
        var descriptor: Int32 = -1
        /// Whether the descriptor is ours to close.
        var isOwned = false
        var arguments: ArraySlice<String> = []
        var buffer: [UInt8] = []
        var offset = 0
        var isAtEnd = false
        var isSkipping = false
    }

    init(_ inputs: [SeedInput]) {
        self.inputs = inputs[...]
    }

    deinit {
        if let open { Self.close(open) }
    }

    /// Ends the input: `next()` returns nil soon, also where it waits for a terminal or a pipe.
    func cancel() {
        isCancelled.store(true, ordering: .relaxed)
    }

    /// The next lines, at least one and at most `batchLines`; nil at the end of all inputs.
    ///
    /// - Parameter limit: how many lines are wanted at most; at least 1.
    /// - Throws: `CrawlError` where a file cannot be opened or read.
    func next(atMost limit: Int = SeedReader.batchLines) async throws -> [SeedLine]? {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try self.readBatch(max(1, min(limit, Self.batchLines))) }) }
        }
    }

    private func readBatch(_ limit: Int) throws -> [SeedLine]? {
        var lines: [SeedLine] = []
        while lines.isEmpty, !isCancelled.load(ordering: .relaxed) {
            if open == nil {
                guard let input = inputs.popFirst() else { return nil }
                open = try Self.open(input)
            }
            guard var source = open else { return nil }
            open = nil
            do {
                try fill(&lines, limit: limit, from: &source)
            } catch {
                Self.close(source)
                throw error
            }
            if source.isAtEnd {
                Self.close(source)
            } else {
                open = source
            }
        }
        return lines.isEmpty ? nil : lines
    }

    private static func open(_ input: SeedInput) throws -> Source {
        switch input {
        case .urls(let urls):
            return Source(name: "argument", arguments: urls[...])
        case .standardInput:
            return Source(name: "-", descriptor: 0)
        case .file(let path):
            let descriptor = openFile(path)
            guard descriptor >= 0 else { throw CrawlError.unreadableInput(path: path, reason: String(cString: strerror(errno))) }
            return Source(name: path, descriptor: descriptor, isOwned: true)
        }
    }

    private static func close(_ source: Source) {
        if source.isOwned { closeFile(source.descriptor) }
    }

    /// Takes lines out of the source until a batch is full, or until waiting for more would keep those that are there.
    private func fill(_ lines: inout [SeedLine], limit: Int, from source: inout Source) throws {
        if source.descriptor < 0 {
            while lines.count < limit, let text = source.arguments.popFirst() {
                source.line += 1
                lines.append(SeedLine(text: text, source: source.name, line: source.line))
            }
            source.isAtEnd = source.arguments.isEmpty
            return
        }
        while lines.count < limit {
            if Self.takeLine(&source, into: &lines) { continue }
            guard lines.isEmpty, !source.isAtEnd, waitForInput(source.descriptor) else { return }
            try Self.refill(&source)
        }
    }

    /// Waits until there is something to read, or the end; false once the input is cancelled. A named pipe is at its end when its
    /// writers have gone, not before the first one has come.
    private func waitForInput(_ descriptor: Int32) -> Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while !isCancelled.load(ordering: .relaxed) {
            let ready = poll(&request, 1, 100)
            if ready > 0 || ready < 0 && errno != EINTR { return true }
        }
        return false
    }

    /// Reads the next block behind what is left of the last one.
    private static func refill(_ source: inout Source) throws {
        source.buffer.removeFirst(source.offset)
        source.offset = 0
        let block = 64 * 1024
        var count = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: block) { target, initialized in
            repeat {
                count = read(source.descriptor, target.baseAddress, block)
            } while count < 0 && errno == EINTR
            initialized = max(0, count)
        }
        // Another reader of the same pipe was faster.
        if count < 0, errno == EAGAIN || errno == EWOULDBLOCK { return }
        guard count >= 0 else { throw CrawlError.unreadableInput(path: source.name, reason: String(cString: strerror(errno))) }
        source.isAtEnd = count == 0
        source.buffer += bytes
    }

    /// Takes one line out of the buffer; false where the buffer holds no whole line.
    private static func takeLine(_ source: inout Source, into lines: inout [SeedLine]) -> Bool {
        let count = source.buffer.count
        let start = source.offset
        let end: Int
        if let newline = source.buffer.withUnsafeBytes({ lineFeed(in: $0, from: start) }) {
            end = newline
        } else if source.isAtEnd, start < count {
            end = count
        } else if count - start > maximumLineBytes {
            // Keep the beginning for the report, and pass over the rest as it comes.
            if !source.isSkipping {
                source.line += 1
                lines.append(
                    SeedLine(text: text(source, start..<start + 200), source: source.name, line: source.line, isTooLong: true))
                source.isSkipping = true
            }
            source.offset = count
            return false
        } else {
            return false
        }
        source.offset = min(end + 1, count)
        if source.isSkipping {
            source.isSkipping = false
            return true
        }
        source.line += 1
        let line = source.buffer.withUnsafeBytes { trimmed($0, start..<end) }
        guard !line.isEmpty, source.buffer[line.lowerBound] != UInt8(ascii: "#") else { return true }
        let isTooLong = line.count > maximumLineBytes
        lines.append(
            SeedLine(
                text: text(source, isTooLong ? line.prefix(200) : line), source: source.name, line: source.line,
                isTooLong: isTooLong))
        return true
    }

    private static func lineFeed(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard start < bytes.count, let first = bytes.baseAddress else { return nil }
        return memchr(first + start, Int32(UInt8(ascii: "\n")), bytes.count - start).map { UnsafeRawPointer($0) - first }
    }

    private static func text(_ source: Source, _ range: Range<Int>) -> String {
        source.buffer.withUnsafeBytes { String(decoding: UnsafeRawBufferPointer(rebasing: $0[range]), as: UTF8.self) }
    }

    /// The line without white space and control characters around it, and without a byte order mark, which some editors write before
    /// the first line.
    private static func trimmed(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while end > start, bytes[end - 1] <= 0x20 { end -= 1 }
        while start < end, bytes[start] <= 0x20 { start += 1 }
        if end - start >= 3, bytes[start] == 0xEF, bytes[start + 1] == 0xBB, bytes[start + 2] == 0xBF { start += 3 }
        return start..<end
    }
}

// The names of the C library, which the reader's own hide.

private func openFile(_ path: String) -> Int32 {
    // A named pipe would otherwise hold us here until somebody opens it for writing, and nobody could cancel that.
    open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
}

private func closeFile(_ descriptor: Int32) {
    close(descriptor)
}
