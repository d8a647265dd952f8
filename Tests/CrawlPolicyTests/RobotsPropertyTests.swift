import CrawlPolicy
import HTTPSemantics
import TestSupport
import Testing

@Suite("Properties of reading and matching robots.txt")
struct RobotsPropertyTests {
    /// The rule of section 2.2.2 written down as it is said, over patterns and paths of letters that need no encoding.
    private struct Oracle {
        var rules: [(isAllow: Bool, pattern: [UInt8])]

        func allows(_ path: [UInt8]) -> Bool {
            var best = (octets: -1, isAllow: true)
            for rule in rules where !rule.pattern.isEmpty && matches(rule.pattern, path) {
                let octets = collapsed(rule.pattern).count
                if octets > best.octets || octets == best.octets && rule.isAllow { best = (octets, rule.isAllow) }
            }
            return best.isAllow
        }

        private func collapsed(_ pattern: [UInt8]) -> [UInt8] {
            var result: [UInt8] = []
            for byte in pattern where !(byte == 0x2A && result.last == 0x2A) { result.append(byte) }
            return result
        }

        /// Which beginnings of the path the beginnings of the pattern match: a table, row by row.
        private func matches(_ pattern: [UInt8], _ path: [UInt8]) -> Bool {
            var pattern = pattern[...]
            let isAnchored = pattern.last == 0x24
            if isAnchored { pattern.removeLast() }
            var row = [Bool](repeating: false, count: path.count + 1)
            row[0] = true
            for byte in pattern {
                var next = [Bool](repeating: false, count: path.count + 1)
                for index in row.indices {
                    if byte == 0x2A {
                        next[index] = row[index] || index > 0 && next[index - 1]
                    } else {
                        next[index] = index > 0 && row[index - 1] && path[index - 1] == byte
                    }
                }
                row = next
            }
            return isAnchored ? row[path.count] : row.contains(true)
        }
    }

    @Test("Verdicts are those of the definition", arguments: 0..<8)
    func definition(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let letters = Array("ab/".utf8)
        let symbols = Array("ab/ab/ab/**$".utf8)
        var denied = 0
        for _ in 0..<400 {
            let rules = (0..<Int.random(in: 1...12, using: &random)).map { _ in
                let rest = (0..<Int.random(in: 0...7, using: &random)).map { _ in symbols.randomElement(using: &random) ?? 0 }
                return (isAllow: Bool.random(using: &random), pattern: Bool.random(using: &random) ? [0x2F] + rest : rest)
            }
            let lines = rules.map { ($0.isAllow ? "Allow: " : "Disallow: ") + String(decoding: $0.pattern, as: UTF8.self) }
            let file = RobotsTxt(Array(("User-agent: *\n" + lines.joined(separator: "\n")).utf8))
            let group = RobotsGroup(of: file)
            let oracle = Oracle(rules: rules)
            for _ in 0..<25 {
                let path =
                    [0x2F] + (0..<Int.random(in: 0...9, using: &random)).map { _ in letters.randomElement(using: &random) ?? 0 }
                let text = String(decoding: path, as: UTF8.self)
                let found = group.verdict(for: text)
                #expect(found.isAllowed == oracle.allows(path), "\(lines) \(text)")
                if !found.isAllowed { denied += 1 }
            }
        }
        #expect(denied > 1000)
    }

    @Test("Any bytes are a file, and any text is a path", arguments: 0..<4)
    func anyBytes(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let pieces = [
            "User-agent: ", "*", "\n", "\r", "Disallow: /", "Allow", ":", "$", "%2", "%2A", "\0", "a", "\u{FEFF}", "Crawl-delay: 9",
            "Sitemap: http://a/", "#", " ", "ツ",
        ]
        for _ in 0..<1500 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0...30, using: &random) {
                bytes += Array((pieces.randomElement(using: &random) ?? "").utf8)
            }
            for _ in 0..<Int.random(in: 0...4, using: &random) where !bytes.isEmpty {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            let file = RobotsTxt(bytes, limit: Int.random(in: -1...200, using: &random))
            let group = RobotsGroup(of: file, for: RobotsAgent("a"))
            for path in ["", "/", "/a*$", "%", "/%2", "/\0\u{1}ツ", String(decoding: bytes, as: UTF8.self)] {
                let found = group.verdict(for: path)
                if case .rule(let rule) = found.basis { #expect(rule.isAllow == found.isAllowed && rule.line > 0) }
            }
        }
    }

    @Test("Files made to be slow are not: their time grows with their size only")
    func hostile() {
        let size = 500_000
        func filled(_ line: (Int) -> String) -> [UInt8] {
            var bytes = Array("User-agent: *\n".utf8)
            var number = 0
            while bytes.count < size {
                bytes += Array((line(number) + "\n").utf8)
                number += 1
            }
            return bytes
        }
        let path = "/" + String(repeating: "a", count: 2000)
        let files = [
            filled { _ in "Disallow: /" + String(repeating: "*a", count: 400) + "*b" },
            filled { "Disallow: /*a\($0)" }, filled { "Disallow: /" + String(repeating: "a", count: $0 % 1000) },
            filled { "Disallow: /*" + String(repeating: "a", count: $0 % 1000) + "b" }, filled { _ in "User-agent: a" },
            filled { $0 < 15_000 ? "User-agent: a" : "Crawl-delay: \($0)" }, filled { _ in "*" }, filled { _ in "Disallow: *" },
            Array("User-agent: *\nDisallow: /".utf8) + [UInt8](repeating: 0x2A, count: size),
            Array("User-agent: *\nDisallow: /*".utf8) + [UInt8](repeating: 0x61, count: size - 30),
        ]
        let clock = ContinuousClock()
        for (index, bytes) in files.enumerated() {
            let elapsed = clock.measure {
                let group = RobotsGroup(of: RobotsTxt(bytes), for: RobotsAgent("a"))
                _ = group.verdict(for: path)
            }
            // Milliseconds in a release version; what must never come are the minutes of an exponential search.
            #expect(elapsed < .seconds(20), "file \(index)")
        }
    }

    @Test("A group keeps memory in proportion to its rules")
    func memory() {
        let small = RobotsGroup(of: RobotsTxt(Array("User-agent: *\nDisallow: /x".utf8)))
        #expect(small.memoryBytes < 500)
        let rule = "Disallow: /*0123456789abcdef"
        let file = "User-agent: *\n" + (0..<1000).map { rule + "\($0)\n" }.joined()
        let group = RobotsGroup(of: RobotsTxt(Array(file.utf8)))
        #expect(group.memoryBytes > 1000 * rule.utf8.count)
        #expect(group.memoryBytes < 10 * file.utf8.count)
        // Rules that say the same count once.
        let same = RobotsGroup(of: RobotsTxt(Array(("User-agent: *\n" + String(repeating: rule + "\n", count: 1000)).utf8)))
        #expect(same.memoryBytes < 1000)
    }
}
