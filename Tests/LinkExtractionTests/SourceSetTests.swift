import LinkExtraction
import Testing

/// HTML standard section 4.8.4.3.10.
@Suite struct SourceSetTests {
    @Test(arguments: [
        ("a", ["a"]), ("a 1x", ["a"]), ("a 1x, b 2x", ["a", "b"]), ("a,b", ["a,b"]), ("a, b", ["a", "b"]), ("a,, b", ["a", "b"]),
        (", a ,", ["a"]), ("a 100w, b 200w 50h, c 50h 200w", ["a", "b", "c"]), ("a 1x,b 2x", ["a", "b"]),
        ("a 1x 2x, b", ["b"]), ("a 1x 1w, b", ["b"]), ("a 0w, b", ["b"]), ("a -1w, b", ["b"]), ("a 1.5w, b", ["b"]),
        ("a 10h, b", ["b"]), ("a 1y, b", ["b"]), ("a x, b", ["b"]), ("a -1x, b", ["b"]), ("a -0x, b", ["a", "b"]),
        ("a .5x, b 1e3x, c 1.x, d 1e-1x, e +1x, f 1ex", ["a", "b", "d"]), ("a (x, y), b", ["b"]), ("a (, b", []),
        ("a?x,y 1x, b", ["a?x,y", "b"]), ("", []), (" , ,", []), ("\ta\n1x\u{0C},\rb", ["a", "b"]), ("a 0x", ["a"]),
        ("a 00010w", ["a"]), ("a w", []),
    ])
    func candidates(value: String, urls: [String]) {
        #expect(Extracted.html("<img srcset=\"\(value)\">").links == urls.map { "image \($0)" }, "\(value)")
    }
}
