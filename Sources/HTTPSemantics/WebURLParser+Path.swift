extension WebURLParser {
    /// The path start state: what follows an authority.
    mutating func parsePathStart(from index: Int) -> Int? {
        if isSpecial { return parsePath(from: isSlash(index) ? index + 1 : index) }
        if holds("/", at: index) { return parsePath(from: index + 1) }
        // Not special: the path may stay empty, and an authority ends at nothing but "/", "?", "#" or the end.
        layout.pathEnd = output.offset
        return index
    }

    /// Sets the layout of a URL without authority, whose scheme and colon are written.
    mutating func beginPathWithoutAuthority() {
        layout.usernameEnd = output.offset
        layout.hostStart = output.offset
        layout.hostEnd = output.offset
        layout.pathStart = output.offset
    }

    /// The path state: segments from `start`, the first without its slash, after what the output already has of a path.
    /// Gives the index of "?", "#" or the end.
    mutating func parsePath(from start: Int) -> Int {
        let stops: PercentEncodeSet = isSpecial ? .specialSegmentStop : .segmentStop
        let pathStart = Int(layout.pathStart)
        var index = start
        while true {
            let segment = output.count
            output.append("/")
            index = copySegment(from: index, stops: stops)
            let endsAtSlash = isSlash(index)
            switch dotSegment(in: output.bytes, from: segment + 1) {
            case .none:
                if layout.scheme == .file, segment == pathStart { normalizeDriveLetter(from: segment + 1) }
            case .single:
                output.truncate(to: segment)
                if !endsAtSlash { output.append("/") }
            case .double:
                output.truncate(to: segment)
                shortenPath()
                if !endsAtSlash { output.append("/") }
            }
            if !endsAtSlash { break }
            index += 1
        }
        finishPath()
        return index
    }

    /// Copies up to the end of a segment, percent-encoding as it goes.
    @inline(__always)
    private mutating func copySegment(from start: Int, stops: PercentEncodeSet) -> Int {
        var index = start
        while true {
            var run = index
            while run < input.count, !stops.contains(input[run]) { run &+= 1 }
            output.append(input, index, run)
            index = run
            if index == input.count || isSlash(index) || holds("?", at: index) || holds("#", at: index) { return index }
            output.appendPercentEncoded(input[index])
            index += 1
        }
    }

    /// Ends the path. Where there is no authority, a path of two slashes would read as one: "/." goes before it.
    private mutating func finishPath() {
        let start = Int(layout.pathStart)
        if !layout.hasAuthority, output.count >= start + 2 {
            let bytes = output.bytes
            if bytes[start] == UInt8(ascii: "/"), bytes[start + 1] == UInt8(ascii: "/") {
                output.insert(UInt8(ascii: "/"), UInt8(ascii: "."), at: start)
                layout.pathStart += 2
            }
        }
        layout.pathEnd = output.offset
    }

    // MARK: - Segments

    private enum DotSegment { case none, single, double }

    /// Whether what stands from `start` on is "." or "..", a dot also written as "%2e" (URL standard section 4.1).
    @inline(__always)
    private func dotSegment(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> DotSegment {
        let length = bytes.count - start
        guard length >= 1, length <= 6, bytes[start] == UInt8(ascii: ".") || bytes[start] == UInt8(ascii: "%") else {
            return .none
        }
        var index = start
        var dots = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: ".") {
                index += 1
            } else if index + 2 < bytes.count, bytes[index] == UInt8(ascii: "%"), bytes[index + 1] == UInt8(ascii: "2"),
                bytes[index + 2] | 0x20 == UInt8(ascii: "e")
            {
                index += 3
            } else {
                return .none
            }
            dots += 1
        }
        switch dots {
        case 1: return .single
        case 2: return .double
        default: return .none
        }
    }

    /// Drops the path's last segment; a drive letter that stands alone in a file URL stays (URL standard section 4.1).
    mutating func shortenPath() {
        let start = Int(layout.pathStart)
        let bytes = output.bytes
        guard bytes.count > start else { return }
        let isDrive =
            layout.scheme == .file && bytes.count == start + 3 && isASCIILetter(bytes[start + 1])
            && bytes[start + 2] == UInt8(ascii: ":")
        if isDrive { return }
        var last = bytes.count - 1
        while last > start, bytes[last] != UInt8(ascii: "/") { last -= 1 }
        output.truncate(to: last)
    }

    /// Makes "C:" of "C|", as the first segment of a file URL.
    private mutating func normalizeDriveLetter(from start: Int) {
        let bytes = output.bytes
        if bytes.count == start + 2, isDriveLetter(bytes[start], bytes[start + 1]) {
            output.replace(at: start + 1, with: UInt8(ascii: ":"))
        }
    }

    // MARK: - Opaque path, query, fragment

    /// The opaque path state, for "mailto:x@example.com".
    mutating func parseOpaquePath(from start: Int) -> Int {
        beginPathWithoutAuthority()
        layout.hasOpaquePath = true
        var end = start
        while end < input.count, !holds("?", at: end), !holds("#", at: end) { end += 1 }
        // A space right before "?" or "#" is encoded, so that it survives when those are taken away.
        let encodesLast = end < input.count && end > start && input[end - 1] == UInt8(ascii: " ")
        output.append(input, start, encodesLast ? end - 1 : end, encoding: .control)
        if encodesLast { output.appendPercentEncoded(UInt8(ascii: " ")) }
        layout.pathEnd = output.offset
        return end
    }

    /// Query and fragment, from "?", "#" or the end of the input. Either may be taken over from the base already.
    mutating func parseQueryAndFragment(from start: Int) {
        var index = start
        if holds("?", at: index) {
            var end = index + 1
            while end < input.count, input[end] != UInt8(ascii: "#") { end += 1 }
            output.append("?")
            output.append(input, index + 1, end, encoding: isSpecial ? .specialQuery : .query)
            index = end
        }
        layout.queryEnd = output.offset
        if index < input.count {
            output.append("#")
            output.append(input, index + 1, input.count, encoding: .fragment)
        }
    }
}
