import LinkExtraction
import Testing

/// How alike texts are, as their sketches say.
@Suite struct TextSketchTests {
    private func sketch(_ document: String, partSize: Int = .max) throws -> TextSketch {
        let options = LinkExtractionOptions(sketchesText: true)
        let extracted = Extracted.html(Array(document.utf8), options: options, partSize: partSize)
        return try #require(extracted.summary?.sketch)
    }

    private func words(_ range: Range<Int>) -> String {
        // Letters only: numbers are all alike.
        range.map { number in String(number).map { "abcdefghij".map(String.init)[$0.wholeNumberValue ?? 0] }.joined() + "word" }
            .joined(separator: " ")
    }

    @Test func isLeftOutUnlessAskedFor() {
        #expect(Extracted.html("<p>some words here").summary?.sketch == nil)
    }

    @Test func markupAndCaseAndNumbersDontCount() throws {
        let plain = try sketch("the calendar of January 2024 has 31 days, and item a1b22 too")
        #expect(plain.hashes.count == 10)
        for other in [
            "<p>The <b>Calendar</b>\n of&JANUARY (1999) -- has 5 days;<br>and <i>item</i> A0B3 too</p>",
            "<title>the calendar</title>of <script>no no no</script><style>p{}</style>january 1 has 2 days <!-- no --> and item a9b8 too",
            "the calendar of january 3 has 4 days <template>no</template><svg><style>no</style></svg>and item a1b1 too",
            "the <iframe>no</iframe>calendar<noframes>no</noframes> of january 1 has 1 days and item<a title='no'> a0b0 too",
        ] {
            #expect(try sketch(other) == plain, "\(other)")
        }
        #expect(try sketch("the calendar of February 2024 has 31 days, and item a1b22 too") != plain)
        #expect(try sketch("the calendar of January has 31 days, and item a1b22 too") != plain)
        #expect(try sketch("thecalendar of January 2024 has 31 days, and item a1b22 too") != plain)
    }

    @Test func wordsOfEveryLength() throws {
        // Each word by itself tells texts apart, also beyond the eight bytes that are read at once.
        for length in 1...40 {
            let word = String(repeating: "x", count: length)
            #expect(try sketch("a b \(word)") != sketch("a b \(word)x"))
            #expect(try sketch("a b \(word)") != sketch("a b \(word.dropLast())y"))
            #expect(try sketch("a b \(word)1") == sketch("a b \(word)22"))
            #expect(try sketch("a b 1\(word)") == sketch("a b 345\(word)"))
            #expect(try sketch("a b \(word)é") != sketch("a b \(word)è"))
        }
    }

    @Test func resemblanceFollowsTheShareOfCommonText() throws {
        let text = try sketch(words(0..<2_000))
        #expect(text.hashes.count == TextSketch.size)
        #expect(text.resemblance(to: text) == 1)
        #expect(try text.resemblance(to: sketch(words(2_000..<4_000))) == 0)
        // Half of each: a third of both together.
        let half = try text.resemblance(to: sketch(words(1_000..<3_000)))
        #expect(abs(half - 1.0 / 3) < 0.25)
        let most = try text.resemblance(to: sketch(words(0..<2_100)))
        #expect(most > 0.8)
        #expect(try text.resemblance(to: sketch(words(500..<600))) < 0.3)
    }

    @Test func shortTexts() throws {
        #expect(try sketch("").isEmpty)
        #expect(try sketch("<p>...").isEmpty)
        #expect(try sketch("").resemblance(to: sketch("<br>")) == 1)
        #expect(try sketch("").resemblance(to: sketch("word")) == 0)
        #expect(try sketch("one").hashes.count == 1)
        #expect(try sketch("one two") == sketch("One TWO"))
        #expect(try sketch("one two") != sketch("one"))
        #expect(try sketch("one two three").hashes.count == 1)
        #expect(try sketch("a a a a a a a").hashes.count == 1)
    }

    @Test func keepsTheSmallestDifferentHashes() {
        let sketch = TextSketch(hashes: (0..<100).reversed().map { UInt32($0 / 2) })
        #expect(sketch.hashes == (0..<32).map(UInt32.init))
    }

    @Test(arguments: [1, 2, 3, 5, 7, 8, 9, 64])
    func cutsChangeNothing(partSize: Int) throws {
        let text = words(0..<200) + " 2024-11-23 x86_64 <b>bold</b> naïve 12345678901234567890 " + words(300..<350)
        #expect(try sketch(text, partSize: partSize) == sketch(text))
    }
}
