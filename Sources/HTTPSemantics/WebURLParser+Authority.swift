extension WebURLParser {
    // MARK: - Authority

    /// The "special authority ignore slashes" state: any number of slashes of either kind.
    mutating func parseAuthority(afterSlashesFrom start: Int) -> Int? {
        var index = start
        while isSlash(index) { index += 1 }
        return parseAuthority(from: index)
    }

    /// The authority, host and port states, then the path. `index` is behind the two slashes; scheme and colon are written.
    mutating func parseAuthority(from start: Int) -> Int? {
        output.append("/")
        output.append("/")
        layout.hasAuthority = true
        var end = start
        var lastAt: Int?
        while end < input.count {
            let byte = input[end]
            if byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#") { break }
            if byte == UInt8(ascii: "\\"), isSpecial { break }
            if byte == UInt8(ascii: "@") { lastAt = end }
            end += 1
        }
        layout.usernameEnd = output.offset
        var hostStart = start
        if let lastAt {
            writeUserinfo(from: start, to: lastAt)
            hostStart = lastAt + 1
            // User information without a host is a failure, also where an empty host is none.
            guard hostStart < end else { return nil }
        }
        layout.hostStart = output.offset
        guard let hostEnd = parseHost(from: hostStart, to: end), parsePort(from: hostEnd, to: end) else { return nil }
        layout.pathStart = output.offset
        return parsePathStart(from: end)
    }

    /// User name and password, both percent-encoded; nothing where both are empty.
    private mutating func writeUserinfo(from start: Int, to end: Int) {
        var colon = start
        while colon < end, input[colon] != UInt8(ascii: ":") { colon += 1 }
        output.append(input, start, colon, encoding: .userinfo)
        layout.usernameEnd = output.offset
        let hasPassword = colon + 1 < end
        if hasPassword {
            output.append(":")
            output.append(input, colon + 1, end, encoding: .userinfo)
        }
        if hasPassword || colon > start { output.append("@") }
    }

    /// Gives the index behind the host: of the colon before the port, or `end`.
    private mutating func parseHost(from start: Int, to end: Int) -> Int? {
        var hostEnd = start
        var isInBrackets = false
        while hostEnd < end {
            let byte = input[hostEnd]
            if byte == UInt8(ascii: ":"), !isInBrackets { break }
            if byte == UInt8(ascii: "[") { isInBrackets = true }
            if byte == UInt8(ascii: "]") { isInBrackets = false }
            hostEnd += 1
        }
        if hostEnd == start, isSpecial || hostEnd < end { return nil }
        let host = UnsafeBufferPointer(rebasing: input[start..<hostEnd])
        guard WebURLHost.write(host, isSpecial: isSpecial, to: &output) else { return nil }
        layout.hostEnd = output.offset
        return hostEnd
    }

    /// The port from its colon on; an empty one is none.
    private mutating func parsePort(from start: Int, to end: Int) -> Bool {
        guard start < end else { return true }
        var port: UInt32 = 0
        for index in (start + 1)..<end {
            guard isASCIIDigit(input[index]) else { return false }
            port = port * 10 + UInt32(input[index] & 0x0F)
            if port > 65535 { return false }
        }
        if start + 1 < end, UInt16(port) != layout.scheme.defaultPort {
            layout.port = UInt16(port)
            output.append(":")
            output.append(decimal: port)
        }
        return true
    }

    // MARK: - File URLs

    /// The file state. Scheme and colon are written.
    mutating func parseFile(from index: Int) -> Int? {
        if isSlash(index) {
            return isSlash(index + 1) ? parseFileHost(from: index + 2) : parseFileSlash(from: index + 1)
        }
        guard let base, base.layout.scheme == .file else {
            writeEmptyFileHost()
            return parsePath(from: index)
        }
        output.truncate(to: 0)
        if index == input.count || holds("#", at: index) {
            copyThroughQuery(of: base)
            return index
        }
        if holds("?", at: index) {
            copyThroughPath(of: base)
            return index
        }
        copyThroughAuthority(of: base)
        if !startsWithDriveLetter(index) {
            copyPath(of: base)
            shortenPath()
        }
        return parsePath(from: index)
    }

    /// The file slash state: one slash has been read.
    private mutating func parseFileSlash(from index: Int) -> Int? {
        guard let base, base.layout.scheme == .file else {
            writeEmptyFileHost()
            return parsePath(from: index)
        }
        output.truncate(to: 0)
        copyThroughAuthority(of: base)
        let path = UnsafeBufferPointer(rebasing: base.bytes[Int(base.layout.pathStart)..<Int(base.layout.pathEnd)])
        if !startsWithDriveLetter(index), startsWithNormalizedDrive(path) { output.append(path, 0, 3) }
        return parsePath(from: index)
    }

    /// The file host state: two slashes have been read.
    private mutating func parseFileHost(from start: Int) -> Int? {
        var end = start
        while end < input.count, !isSlash(end), !holds("?", at: end), !holds("#", at: end) { end += 1 }
        if end == start + 2, isDriveLetter(input[start], input[start + 1]) {
            // "file://C:/x" has no host; the drive is the path's first segment.
            writeEmptyFileHost()
            return parsePath(from: start)
        }
        writeEmptyFileHost()
        let hostStart = output.count
        if end > start {
            let host = UnsafeBufferPointer(rebasing: input[start..<end])
            guard WebURLHost.write(host, isSpecial: true, to: &output) else { return nil }
            if isLocalhost(output.bytes, from: hostStart) { output.truncate(to: hostStart) }
            layout.hostEnd = output.offset
            layout.pathStart = output.offset
        }
        return parsePathStart(from: end)
    }

    private mutating func writeEmptyFileHost() {
        output.append("/")
        output.append("/")
        layout.hasAuthority = true
        layout.usernameEnd = output.offset
        layout.hostStart = output.offset
        layout.hostEnd = output.offset
        layout.pathStart = output.offset
    }

    private func isLocalhost(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Bool {
        let name: StaticString = "localhost"
        guard bytes.count - start == name.utf8CodeUnitCount else { return false }
        for index in 0..<name.utf8CodeUnitCount where bytes[start + index] != name.utf8Start[index] { return false }
        return true
    }

    /// Whether the rest of the input starts with a Windows drive letter (URL standard section 4.1).
    private func startsWithDriveLetter(_ index: Int) -> Bool {
        guard index + 1 < input.count, isDriveLetter(input[index], input[index + 1]) else { return false }
        return index + 2 == input.count || isSlash(index + 2) || holds("?", at: index + 2) || holds("#", at: index + 2)
    }

    /// Whether the path's first segment is a normalised drive letter: "/C:" and then a slash or nothing.
    private func startsWithNormalizedDrive(_ path: UnsafeBufferPointer<UInt8>) -> Bool {
        path.count >= 3 && isASCIILetter(path[1]) && path[2] == UInt8(ascii: ":")
            && (path.count == 3 || path[3] == UInt8(ascii: "/"))
    }
}

/// Whether two bytes are a Windows drive letter: "C:" or "C|".
func isDriveLetter(_ first: UInt8, _ second: UInt8) -> Bool {
    isASCIILetter(first) && (second == UInt8(ascii: ":") || second == UInt8(ascii: "|"))
}
