import HTTPSemantics
import LinkExtraction
import Testing

@Suite("Encodings of sitemaps, XML 1.0 section 4.3.3 and appendix F")
struct SitemapEncodingTests {
    private let document = "<?xml version='1.0' encoding='UTF-16'?><urlset><url><loc>http://a/é😀</loc></url></urlset>"
    private let expected = ["sitemapPage http://a/%C3%A9%F0%9F%98%80"]

    private func utf16(_ text: String, isBigEndian: Bool) -> [UInt8] {
        text.utf16.flatMap { isBigEndian ? [UInt8($0 >> 8), UInt8($0 & 0xFF)] : [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    }

    @Test("UTF-16 in both orders, by its byte order mark or by its first character", arguments: [true, false])
    func utf16(isBigEndian: Bool) {
        for text in ["\u{FEFF}" + document, document] {
            for pieces in [[], [1], [2], [3], [1, 2, 5]] {
                let read = SitemapReading(utf16(text, isBigEndian: isBigEndian), pieces: pieces)
                #expect(read.links == expected && read.summary.faults == 0)
            }
        }
        let lines = SitemapReading(utf16("\u{FEFF}http://a/é😀\r\nhttp://b/", isBigEndian: isBigEndian))
        #expect(lines.links == expected + ["sitemapPage http://b/"])
    }

    @Test("Half a pair, and half a unit, become the replacement character")
    func brokenUTF16() {
        var bytes = utf16("\u{FEFF}http://a/", isBigEndian: false)
        bytes += [0x3D, 0xD8, 0x41, 0x00, 0x00, 0xDE, 0x3D, 0xD8, 0x3D, 0xD8, 0x00, 0xDE, 0x42]
        for pieces in [[], [1], [2], [3]] {
            #expect(
                SitemapReading(bytes, pieces: pieces).links == [
                    "sitemapPage http://a/%EF%BF%BDA%EF%BF%BD%EF%BF%BD%F0%9F%98%80%EF%BF%BD"
                ])
        }
    }

    @Test("UTF-8 with and without its mark, and where UTF-16 is claimed wrongly")
    func utf8() {
        #expect(SitemapReading("\u{FEFF}" + document).links == expected)
        #expect(SitemapReading(document).links == expected)
        #expect(
            SitemapReading(Array("<urlset><url><loc>http://a/".utf8) + [0xE9] + Array("</loc></url></urlset>".utf8)).links == [
                "sitemapPage http://a/%EF%BF%BD"
            ])
    }

    @Test("A byte order mark outweighs the declaration and the media type")
    func mark() {
        let claim = "\u{FEFF}<?xml version='1.0' encoding='ISO-8859-1'?><urlset><url><loc>http://a/é😀</loc></url></urlset>"
        #expect(SitemapReading(claim).links == expected)
        #expect(SitemapReading(Array(claim.utf8), as: "text/xml; charset=koi8-r", pieces: [1]).links == expected)
        #expect(SitemapReading(utf16(claim, isBigEndian: true), as: "text/xml; charset=koi8-r").links == expected)
    }

    @Test("Other encodings, by the declaration or by the media type, are read as ISO-8859-1")
    func latin() {
        let content =
            Array("<urlset><url><loc>http://a/".utf8) + [0xE9, 0xFF] + Array("&#233;</loc><link href='http://a/".utf8) + [0xE9]
            + Array("'/></url></urlset>".utf8)
        let links = ["sitemapPage http://a/%C3%A9%C3%BF%C3%A9", "link http://a/%C3%A9"]
        for name in ["ISO-8859-1", "windows-1252", "koi8-r"] {
            let declared = Array("<?xml version=\"1.0\" encoding = \"\(name)\" ?>".utf8) + content
            #expect(SitemapReading(declared).links == links)
            #expect(SitemapReading(declared, pieces: [1]).links == links)
            #expect(SitemapReading(content, as: "text/xml; charset=\(name)").links == links)
        }
        #expect(
            SitemapReading(Array("http://a/".utf8) + [0xE9], as: "text/plain; charset=iso-8859-1").links == [
                "sitemapPage http://a/%C3%A9"
            ])
        // Only the first thing in a document is a declaration.
        #expect(
            SitemapReading("<urlset><?xml encoding='latin1'?><url><loc>http://a/é</loc></url></urlset>").links == [
                "sitemapPage http://a/%C3%A9"
            ])
    }

    @Test(
        "Documents shorter than any mark",
        arguments: [[], [0xEF], [0xEF, 0xBB], [0xFF], [0xFF, 0xFE], [0xFE, 0xFF, 0x00], [0x3C], [0x3C, 0x00]])
    func short(bytes: [UInt8]) {
        for pieces in [[], [1]] { #expect(SitemapReading(bytes, pieces: pieces).entries.isEmpty) }
    }
}
