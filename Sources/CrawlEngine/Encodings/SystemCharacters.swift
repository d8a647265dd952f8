#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The character tables of the C library (POSIX iconv): what the codes of an encoding stand for.
///
/// It is asked for whole tables and not for texts: what it does with bytes that stand for nothing, and which of several codes it
/// writes, differs from the Encoding standard and from one library to the next.
enum SystemCharacters {
    /// Asks for many codes at once; a millisecond or so for all that have two bytes.
    ///
    /// - Parameters:
    ///   - codes: codes of `length` bytes each, one behind the other.
    ///   - name: of the encoding, as the library has it.
    /// - Returns: what each code stands for; nil where the library does not know the encoding, as in a system without its modules.
    static func meanings(of codes: [UInt8], length: Int, in name: String) -> [CodeMeaning]? {
        #if canImport(Glibc) || canImport(Musl)
            guard let converter = iconv_open("UTF-32LE", name), converter != iconv_t(bitPattern: -1) else { return nil }
            defer { iconv_close(converter) }
            // A line feed behind each code tells where its characters end. None of the encodings has it within a code.
            let stride = length + 1
            var input: [CChar] = []
            input.reserveCapacity(codes.count / length * stride)
            for start in Swift.stride(from: 0, to: codes.count - length + 1, by: length) {
                input += codes[start..<start + length].lazy.map { CChar(bitPattern: $0) }
                input.append(0x0A)
            }
            let count = input.count / stride
            // The most is two characters and the line feed for each code.
            var output = [CChar](repeating: 0, count: count * 12 + 64)
            var meanings = [CodeMeaning](repeating: .none, count: count)
            input.withUnsafeMutableBufferPointer { input in
                output.withUnsafeMutableBufferPointer { output in
                    var index = 0
                    while index < count {
                        let (stop, written) = convert(converter, input, from: index * stride, into: output)
                        note(output[..<written], from: index, in: &meanings)
                        // The code at which it stopped stands for nothing.
                        index = max(index, stop / stride) + 1
                    }
                }
            }
            return meanings
        #else
            return nil
        #endif
    }

    #if canImport(Glibc) || canImport(Musl)
        /// Converts from an offset up to the end or to the first code that stands for nothing; tells how far it came.
        private static func convert(
            _ converter: iconv_t, _ input: UnsafeMutableBufferPointer<CChar>, from start: Int,
            into output: UnsafeMutableBufferPointer<CChar>
        ) -> (stop: Int, written: Int) {
            var next = input.baseAddress.map { $0 + start }
            var place = output.baseAddress
            var (inputRest, outputRest) = (input.count - start, output.count)
            iconv(converter, nil, nil, nil, nil)
            _ = iconv(converter, &next, &inputRest, &place, &outputRest)
            return (input.count - inputRest, output.count - outputRest)
        }

        /// Notes what stands before each line feed in a text in UTF-32LE.
        private static func note(
            _ text: Slice<UnsafeMutableBufferPointer<CChar>>, from first: Int, in meanings: inout [CodeMeaning]
        ) {
            var index = first
            var scalars: [UInt32] = []
            for start in Swift.stride(from: text.startIndex, to: text.endIndex - 3, by: 4) {
                let value = (0..<4).reduce(0) { $0 | UInt32(UInt8(bitPattern: text[start + $1])) << (8 * UInt32($1)) }
                guard value == 0x0A else {
                    scalars.append(value)
                    continue
                }
                guard index < meanings.count else { return }
                meanings[index] = CodeMeaning(scalars)
                scalars.removeAll(keepingCapacity: true)
                index += 1
            }
        }
    #endif
}

/// What a code stands for: nothing, a character, or a letter and a mark on it.
struct CodeMeaning: Hashable, Sendable {
    /// The character in 21 bits, above it the mark.
    private let bits: UInt32

    static let none = CodeMeaning([])

    /// What stands for several characters otherwise, for ASCII, or for the replacement character, counts as nothing.
    init(_ scalars: [UInt32]) {
        guard let first = scalars.first, first >= 0x80, first != 0xFFFD, Unicode.Scalar(first) != nil, scalars.count <= 2,
            scalars.count == 1 || scalars[1] > 0 && scalars[1] < 0x800
        else {
            bits = 0
            return
        }
        bits = first | (scalars.count == 2 ? scalars[1] << 21 : 0)
    }

    init(_ scalar: Unicode.Scalar) {
        self.init([scalar.value])
    }

    var character: Unicode.Scalar? { bits == 0 ? nil : Unicode.Scalar(bits & 0x1F_FFFF) }

    var mark: Unicode.Scalar? { bits >> 21 == 0 ? nil : Unicode.Scalar(bits >> 21) }

    var isPrivate: Bool { (0xE000...0xF8FF).contains(bits & 0x1F_FFFF) }
}
