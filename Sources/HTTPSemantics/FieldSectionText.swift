/// Field sections as one text, the form in which the store keeps them.
extension FieldSection {
    /// `Name: value` lines, each ended by CR LF, without the empty line that ends a section.
    package var serialized: String {
        let length = lines.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }
        guard length > 0 else { return "" }
        return String(unsafeUninitializedCapacity: length) { buffer in
            var writer = FieldTextWriter(buffer)
            for index in lines.indices {
                writer.write(lines[index].name)
                writer.write(UInt8(ascii: ":"), UInt8(ascii: " "))
                writer.write(lines[index].value)
                writer.write(UInt8(ascii: "\r"), UInt8(ascii: "\n"))
            }
            return writer.count
        }
    }

    /// Reads what `serialized` wrote. A line without a colon is passed over: the store, not a server, is the source.
    package init(serialized text: String) {
        self.init()
        guard !text.isEmpty else { return }
        text.withBytes { bytes in
            reserveCapacity(min(12, bytes.count / 16 + 1))
            Self.forEachLine(of: bytes) { line in
                if let colon = Grammar.firstIndex(of: UInt8(ascii: ":"), in: line) { append(FieldLine(line, colon: colon)) }
            }
        }
    }

    /// What `combined` gives for that name in what `serialized` wrote, without reading the rest.
    package static func combined(_ name: FieldName, inSerialized text: String) -> String? {
        let length = name.spelling.utf8.count
        let initial = (name.spelling.utf8.first ?? 0) | 0x20
        var result: String?
        text.withBytes { bytes in
            forEachLine(of: bytes) { line in
                guard line.count > length, line[length] == UInt8(ascii: ":"), line[0] | 0x20 == initial,
                    FieldName(UnsafeBufferPointer(rebasing: line[..<length])) == name
                else { return }
                let value = FieldLine(line, colon: length).value
                if let before = result { result = before + ", " + value } else { result = value }
            }
        }
        return result
    }

    private static func forEachLine(of bytes: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        var start = 0
        while start < bytes.count {
            let end = Grammar.firstIndex(of: UInt8(ascii: "\r"), in: bytes, from: start) ?? bytes.count
            body(UnsafeBufferPointer(rebasing: bytes[start..<end]))
            start = end + 2
        }
    }
}

extension FieldLine {
    /// A line whose name ends at that index, and whose value comes after a space.
    fileprivate init(_ line: UnsafeBufferPointer<UInt8>, colon: Int) {
        self.init(
            name: UnsafeBufferPointer(rebasing: line[..<colon]),
            value: UnsafeBufferPointer(rebasing: line[min(colon + 2, line.count)...]))
    }
}

/// Writes texts one behind the other into memory that has room for all of them.
private struct FieldTextWriter {
    private let buffer: UnsafeMutableBufferPointer<UInt8>
    private(set) var count = 0

    init(_ buffer: UnsafeMutableBufferPointer<UInt8>) {
        self.buffer = buffer
    }

    mutating func write(_ text: String) {
        text.withBytes { bytes in
            _ = UnsafeMutableBufferPointer(rebasing: buffer[count...]).update(fromContentsOf: bytes)
            count += bytes.count
        }
    }

    mutating func write(_ first: UInt8, _ second: UInt8) {
        buffer[count] = first
        buffer[count + 1] = second
        count += 2
    }
}
