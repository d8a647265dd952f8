#if canImport(Glibc)
    import HTTPCaching
    import HTTPSemantics
    import LinkExtraction
    import Testing

    @testable import CachingClient
    @testable import CrawlEngine

    /// Links of pages in multi-byte encodings: the path is UTF-8, the query in the page's encoding (URL standard section 4.4).
    @Suite struct LegacyPageTests {
        /// A label, `/日本?q=日本` or the like in that encoding, and its URL.
        static let links: [(String, [UInt8], String)] = [
            (
                "Shift_JIS", [0x95, 0x5C, 0x8E, 0xA6, 0x2E, 0x68, 0x3F, 0x71, 0x3D, 0x95, 0x5C, 0x8E, 0xA6, 0xB1],
                "/%E8%A1%A8%E7%A4%BA.h?q=%95\\%8E%A6%B1"
            ),
            (
                "EUC-JP", [0xC9, 0xBD, 0xBC, 0xA8, 0x2E, 0x68, 0x3F, 0x71, 0x3D, 0xC9, 0xBD, 0xBC, 0xA8, 0x8E, 0xB1],
                "/%E8%A1%A8%E7%A4%BA.h?q=%C9%BD%BC%A8%8E%B1"
            ),
            (
                "ISO-2022-JP",
                [
                    0x1B, 0x24, 0x42, 0x49, 0x3D, 0x3C, 0x28, 0x1B, 0x28, 0x42, 0x3F, 0x71, 0x3D, 0x1B, 0x24, 0x42, 0x49, 0x3D,
                    0x1B, 0x28, 0x42,
                ],
                "/%E8%A1%A8%E7%A4%BA?q=%1B$BI=%1B(B"
            ),
            ("gb2312", [0xD6, 0xD0, 0xE9, 0x46, 0x3F, 0xD6, 0xD0, 0xE9, 0x46], "/%E4%B8%AD%E9%95%95?%D6%D0%E9F"),
            (
                "GB18030", [0xD6, 0xD0, 0x94, 0x39, 0xFC, 0x36, 0x3F, 0xD6, 0xD0, 0x94, 0x39, 0xFC, 0x36],
                "/%E4%B8%AD%F0%9F%98%80?%D6%D0%949%FC6"
            ),
            ("Big5", [0xB3, 0x5C, 0xA5, 0x5C, 0x3F, 0xB3, 0x5C, 0xA5, 0x5C], "/%E8%A8%B1%E5%8A%9F?%B3\\%A5\\"),
            ("ks_c_5601-1987", [0xC7, 0xD1, 0x8C, 0x63, 0x3F, 0xC7, 0xD1, 0x8C, 0x63], "/%ED%95%9C%EB%98%A0?%C7%D1%8Cc"),
        ]

        private func targets(_ body: [UInt8], _ type: String, partSize: Int = 3) async throws -> [String] {
            let url = try #require(WebURL("http://a.example/page.html"))
            let reader = PageReader(url, maximumLinks: 100, isSitemap: false)
            let head = ResponseHead(status: 200, fields: ["Content-Type": type])
            try await reader.consume(
                .head(AnswerPreamble(head: head, outcome: .miss, reason: "miss", status: CacheStatus(detail: "test"))))
            for start in stride(from: 0, to: body.count, by: partSize) {
                try await reader.consume(.bytes(Array(body[start..<min(body.count, start + partSize)])))
            }
            return reader.contents().links.map { String($0.url.serialized.dropFirst("http://a.example".count)) }
        }

        @Test(arguments: links)
        func linksOfAPage(label: String, link: [UInt8], target: String) async throws {
            let element = Array("<a href=\"/".utf8) + link + Array("\">".utf8) + link + Array("</a>".utf8)
            #expect(try await targets(element, "text/html; charset=\(label)") == [target])
            #expect(try await targets(Array("<meta charset='\(label)'>".utf8) + element, "text/html") == [target])
            // Between elements as well, and without quotes where nothing in it ends a value.
            #expect(try await targets(link + element + link + element, "text/html; charset=\(label)") == [target, target])
        }

        @Test(arguments: links.map { $0.0 })
        func charactersThatTheEncodingLacksAreReferences(label: String) async throws {
            let found = try await targets(Array("<a href='/&#3585;?&#3585;'>".utf8), "text/html; charset=\(label)")
            // gb18030 has them all.
            #expect(found == ["/%E0%B8%81?" + (label == "GB18030" ? "%812%CE9" : "%26%233585%3B")])
        }

        @Test func styleSheetsAreReadToo() async throws {
            let sheet = Array("@import '/".utf8) + [0x93, 0xFA] + Array("';".utf8)
            #expect(try await targets(sheet, "text/css; charset=shift_jis") == ["/%E6%97%A5"])
        }

        /// What is cut in the middle of a character ends with the value, and nothing of the markup is lost.
        @Test func brokenCharactersEndWithTheirValue() async throws {
            let page = Array("<a href='/a".utf8) + [0x93] + Array("'><a href='/b'>".utf8)
            #expect(try await targets(page, "text/html; charset=shift_jis") == ["/a%EF%BF%BD", "/b"])
        }
    }
#endif
