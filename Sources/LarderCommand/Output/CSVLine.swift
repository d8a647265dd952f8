/// One record of comma-separated values (RFC 4180): a value with a comma, a quote or a line end is quoted; lines end with
/// CR LF.
enum CSVLine {
    static func bytes(_ values: [String]) -> [UInt8] {
        var result: [UInt8] = []
        for (index, value) in values.enumerated() {
            if index > 0 { result.append(UInt8(ascii: ",")) }
            append(value, to: &result)
        }
        result += [0x0D, 0x0A]
        return result
    }

    private static func append(_ value: String, to result: inout [UInt8]) {
        let needsQuotes = value.utf8.contains { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == 0x0A || $0 == 0x0D }
        guard needsQuotes else {
            result += value.utf8
            return
        }
        result.append(UInt8(ascii: "\""))
        for byte in value.utf8 {
            if byte == UInt8(ascii: "\"") { result.append(byte) }
            result.append(byte)
        }
        result.append(UInt8(ascii: "\""))
    }
}
