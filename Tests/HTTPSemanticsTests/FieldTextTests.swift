import HTTPSemantics
import Testing

@Suite("Opaque bytes of field values, RFC 9110 section 5.5")
struct FieldTextTests {
    @Test(
        arguments: [
            [], Array("plain".utf8), Array("naïve ✓ \u{FFFD}".utf8), [0xE9], Array("caf".utf8) + [0xE9],
            Array("é".utf8) + [0xFF], [0x80, 0x81, 0xFE], Array("\u{F7E9}".utf8), Array("a\u{F780}b\u{F7FF}é".utf8),
            Array("\u{F77F}\u{F800}".utf8),
        ] as [[UInt8]])
    func bytesComeBackAsTheyWere(bytes: [UInt8]) {
        let text = FieldText.text(bytes)
        #expect((FieldText.opaqueBytes(of: text) ?? Array(text.utf8)) == bytes)
    }

    @Test func textIsText() {
        #expect(FieldText.text(Array("naïve".utf8)) == "naïve")
        #expect(FieldText.opaqueBytes(of: "naïve \u{FFFD}") == nil)
        #expect(FieldText.text([0xE9]) == "\u{F7E9}")
    }
}
