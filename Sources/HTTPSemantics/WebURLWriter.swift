/// A serialisation under construction, in memory that the caller lends; it never grows.
///
/// What does not fit is dropped and remembered in `overflowed`, so that the parser needs to ask only once, at its end.
struct WebURLWriter: ~Copyable {
    private let memory: UnsafeMutableBufferPointer<UInt8>
    private(set) var count = 0
    private(set) var overflowed = false

    init(_ memory: UnsafeMutableBufferPointer<UInt8>) {
        self.memory = memory
    }

    /// The offset at which the next byte goes. At most `WebURL.maximumLength`.
    var offset: UInt32 { UInt32(truncatingIfNeeded: count) }

    /// The bytes written so far; valid until the next change.
    var bytes: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: memory[..<count])
    }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        guard count < memory.count else {
            overflowed = true
            return
        }
        memory[count] = byte
        count &+= 1
    }

    @inline(__always)
    mutating func append(_ character: Unicode.Scalar) {
        append(UInt8(truncatingIfNeeded: character.value))
    }

    /// Copies `source[start..<end]`; nothing where the range is empty.
    @inline(__always)
    mutating func append(_ source: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) {
        let length = end - start
        guard length > 0, let from = source.baseAddress, let to = memory.baseAddress else { return }
        guard length <= memory.count - count else {
            overflowed = true
            return
        }
        (to + count).update(from: from + start, count: length)
        count &+= length
    }

    mutating func append(contentsOf bytes: [UInt8]) {
        for byte in bytes { append(byte) }
    }

    mutating func append(decimal value: some FixedWidthInteger & UnsignedInteger) {
        let value = UInt64(truncatingIfNeeded: value)
        var unit: UInt64 = 1
        while value / unit >= 10 { unit *= 10 }
        while unit > 0 {
            append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / unit % 10))
            unit /= 10
        }
    }

    mutating func appendPercentEncoded(_ byte: UInt8) {
        append("%")
        append(Hexadecimal.upperCaseDigit(byte >> 4))
        append(Hexadecimal.upperCaseDigit(byte & 0x0F))
    }

    /// Copies `source[start..<end]` with the bytes of `set` percent-encoded.
    mutating func append(_ source: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int, encoding set: PercentEncodeSet) {
        var index = start
        while index < end {
            var run = index
            while run < end, !set.contains(source[run]) { run &+= 1 }
            append(source, index, run)
            index = run
            if index < end {
                appendPercentEncoded(source[index])
                index &+= 1
            }
        }
    }

    /// Drops what was written from `offset` on.
    mutating func truncate(to offset: Int) {
        count = min(count, max(offset, 0))
    }

    /// Replaces one byte that is already written.
    mutating func replace(at offset: Int, with byte: UInt8) {
        if offset < count { memory[offset] = byte }
    }

    /// Moves what was written from `offset` on two bytes up and puts two bytes in its place.
    mutating func insert(_ first: UInt8, _ second: UInt8, at offset: Int) {
        let end = count
        append(first)
        append(second)
        guard !overflowed else { return }
        var index = end
        while index > offset {
            index -= 1
            memory[index + 2] = memory[index]
        }
        memory[offset] = first
        memory[offset + 1] = second
    }
}
